import {
  type Context,
  type Liquid,
  type Parser,
  Tag,
  type TagToken,
  type Template,
  type TopLevelToken,
} from 'liquidjs';

/** Where the blocks of one rendering leave their HTML. */
export interface PageBlocks {
  inBlock: boolean;
  header?: string;
  footer?: string;
}

/**
 * `{% header %} … {% endheader %}` and `{% footer %} … {% endfooter %}`: rendered on their own and handed to the current
 * rendering, they print nothing where they stand. The last block of a kind wins.
 */
export function pageBlock(name: 'header' | 'footer', run: () => PageBlocks) {
  return class PageBlock extends Tag {
    readonly #templates: Template[] = [];

    constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid, parser: Parser) {
      super(token, rest, liquid);
      let closed = false;
      const stream = parser.parseStream(rest);
      stream
        .on(`tag:end${name}`, () => {
          closed = true;
          stream.stop();
        })
        .on('template', (template: Template) => this.#templates.push(template))
        .on('end', () => {
          if (!closed) throw new Error(`the tag "${name}" is never closed: add {% end${name} %}`);
        });
      stream.start();
    }

    override *render(context: Context): Generator<unknown, void, unknown> {
      const blocks = run();
      blocks.inBlock = true;
      blocks[name] = String(yield this.liquid.renderer.renderTemplates(this.#templates, context));
      blocks.inBlock = false;
    }
  };
}
