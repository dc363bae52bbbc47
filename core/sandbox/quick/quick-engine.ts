import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import packaged from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';

/** QuickJS in WebAssembly: another reading of the same language, which shares no code with V8. */
export class QuickEngine {
  readonly #module: QuickJSWASMModule;
  private constructor(module: QuickJSWASMModule) {
    this.#module = module;
  }

  static async load(): Promise<QuickEngine> {
    const wasmBinary = new Uint8Array(readFileSync(wasmFile())).buffer as ArrayBuffer;
    // Its types describe the CommonJS form, where the variant is one level deeper.
    const variant = newVariant(packaged as unknown as QuickJSSyncVariant, { wasmBinary }) as QuickJSSyncVariant;
    return new QuickEngine(await newQuickJSWASMModuleFromVariant(variant));
  }

  /**
   * Works in a fresh realm that nothing outlives.
   * @param limits milliseconds and megabytes
   */
  inRealm<T>(limits: { readonly time: number; readonly memory: number }, work: (realm: QuickJSContext) => T): T {
    const runtime = this.#module.newRuntime();
    try {
      runtime.setMemoryLimit(limits.memory * 1024 * 1024);
      runtime.setMaxStackSize(512 * 1024);
      const until = performance.now() + limits.time;
      runtime.setInterruptHandler(() => performance.now() > until);
      const realm = runtime.newContext();
      try {
        return work(realm);
      } finally {
        realm.dispose();
      }
    } finally {
      runtime.dispose();
    }
  }
}

/** Beside the bundle where the build laid it, else in the package. */
function wasmFile(): string {
  const laid = new URL('./quickjs.wasm', import.meta.url);
  return fileURLToPath(existsSync(laid) ? laid : quickWasm());
}

/** The engine's code in its package. */
export function quickWasm(): URL {
  return new URL('./emscripten-module.wasm', import.meta.resolve('@jitl/quickjs-wasmfile-release-sync'));
}
