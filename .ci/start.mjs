// Starts the workbench as a newcomer does (`npm start`), does the main job once through its door, and stops it again.
// Plain JavaScript: runs on any Node, like npm itself.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PATIENCE = 300_000;
const data = mkdtempSync(path.join(tmpdir(), 'fieldwriter-start-'));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const child = spawn(
  npm,
  ['start', '--', '--data', path.join(data, 'data'), '--user', 'Newcomer', '--configuration', 'examples/personal-auto'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: process.platform !== 'win32',
    env: { ...process.env, FIELDWRITER_KEY: '5a'.repeat(32) },
  },
);

/** Resolves with the printed address and the token for scripts. */
const printed = new Promise((resolve, reject) => {
  let output = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text) => {
    process.stdout.write(text);
    output += text;
    const token = /Bearer ([\w-]+)"? to (http:\/\/[\w.:[\]]+)/.exec(output);
    if (token) resolve({ token: token[1], origin: token[2] });
  });
  child.once('exit', (code) => reject(new Error(`npm start ended with ${code} before it printed an address`)));
  setTimeout(() => reject(new Error('npm start printed no address in time')), PATIENCE).unref();
});

async function mainJob({ token, origin }) {
  const call = async (method, address, body) => {
    const response = await fetch(origin + address, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer = await response.text();
    assert.ok(response.ok, `${method} ${address} answered ${response.status}: ${answer}`);
    return JSON.parse(answer);
  };
  const holder = await call('POST', '/policyholder/create', {
    completed: true,
    values: { first_name: ['Ada'], last_name: ['Marsh'] },
  });
  const policy = await call('POST', '/policy', {
    policyholderLocator: holder.locator,
    productName: 'personal-auto',
    fieldValues: { channel: 'Agent', atfault_claims_past_5_years: 'None', license_suspended_past_3_years: 'No' },
    exposures: [
      {
        exposureName: 'vehicle',
        fieldValues: { vehicle_type: 'Car', vehicle_value: 10000 },
        perils: [
          'third_party_liability',
          'bodily_injury',
          'collision',
          'comprehensive',
          'roadside_service',
          'underinsured_motorist',
          'uninsured_motorist',
        ].map((name) => ({ name })),
      },
    ],
  });
  await call('POST', `/policy/${policy.locator}/finalize`, {});
  const issued = await call('POST', `/policy/${policy.locator}/issue`, {});
  assert.equal(issued.characteristics[0].grossPremium, '806.51');
  assert.equal(issued.characteristics[0].grossTaxes, '74.62');
  assert.equal(issued.grossFees, '34.20');
  assert.ok(issued.issuedTimestamp, 'the policy is issued');
  assert.ok(issued.documents.length > 0, 'documents were produced');
  console.log(
    `The main job is done: policy ${issued.displayId}, premium ${issued.characteristics[0].grossPremium}, ${issued.documents.length} document(s).`,
  );
}

function stop() {
  if (child.exitCode !== null) return;
  if (process.platform === 'win32') child.kill();
  else process.kill(-child.pid, 'SIGTERM');
}

let failure;
try {
  await mainJob(await printed);
} catch (error) {
  failure = error;
}
const ended = new Promise((resolve) => child.once('exit', resolve));
if (child.exitCode === null) {
  stop();
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 15_000))]);
}
rmSync(data, { recursive: true, force: true });
if (failure) {
  console.error(failure);
  process.exit(1);
}
process.exit(0);
