import type { ConflictReason, ConflictWhy, SyncBlocked } from '#core/api/contracts/sync.ts';

const count = (n: number): string => new Intl.NumberFormat().format(n);
const some = (n: number, one: string, many: string): string => (n === 1 ? `1 ${one}` : `${count(n)} ${many}`);
const steps = (n: number): string => some(n, 'step', 'steps');
const files = (n: number): string => some(n, 'file', 'files');

const blockedTitle: Readonly<Record<SyncBlocked['reason'], string>> = {
  'device-too-old': 'This workbench is too old',
  'cloud-too-old': 'The cloud is too old',
  'cloud-behind': 'The cloud was set back',
  revoked: 'This device was revoked',
  wiped: 'This device was wiped',
  'disk-full': 'The disk is full',
  brake: 'Is this meant?',
  fork: 'Restored from a backup',
};
const blockedWhat: Readonly<Record<SyncBlocked['reason'], string>> = {
  'device-too-old': 'Update Fieldwriter on this machine. Your work is safe here and is sent after the update.',
  'cloud-too-old': 'Tell the administrator of the cloud: it has to be updated. Your work is safe here until then.',
  'cloud-behind':
    'Its database was set back to an earlier time, and nobody told it so. Tell its administrator. Everything here is kept, and nothing is exchanged until then.',
  revoked:
    'The administrator took this device out. What was not sent stays here; ask for a new code if that was a mistake.',
  wiped: 'The administrator had the data of this device removed. Ask for a new code to begin again.',
  'disk-full': 'Make room on the disk that holds the data. It goes on by itself then.',
  brake: 'Nothing moves until somebody says so.',
  fork: 'The data here comes from a backup, and the cloud knows newer work of this device. With a new code it goes on as a new device: what is here stays, what the cloud has is fetched.',
};
const reasons: Readonly<Record<ConflictReason, string>> = {
  'moved-on': 'Somebody else had changed it before this arrived.',
  follows: 'It was built on work that was not taken.',
  'invalid-record': 'The cloud could not accept how it was written.',
  unlawful: 'That is not allowed in the state in which it stands now.',
  'number-taken': 'Its number is already somebody else’s.',
  'number-not-granted': 'Its number was never granted to this device.',
};
const whys: Readonly<Record<ConflictWhy, string>> = {
  same: 'It says the same as what stands: nothing is lost.',
  'keep-what-stands': 'What stands is left as it is. The other version stays in the history.',
  'put-mine-on-top': 'The refused version replaces what stands, as a new change.',
  'choose-by-field': 'Take each value from the side that is right.',
  'make-it-again': 'It is issued, cancelled or billed: make the change again on the policy as it stands now.',
  gone: 'What it was a change of is gone.',
  'after-the-first': 'It builds on another conflict: resolve that one first.',
};

/** Replication with the cloud: its state, what waits, conflicts, and the check before a trip. */
export const sync = {
  title: 'Replication',
  goTo: (section: string) => `Replication: ${section}`,
  sections: { state: 'State', conflicts: 'Conflicts', departure: 'Before a trip' },
  bar: {
    alone: 'This laptop only',
    aloneHint: 'Nothing waits to be sent: this workbench is not connected to a cloud.',
    inStep: 'In step',
    inStepHint: (when: string) => `The cloud has everything that was done here. Last agreed ${when}.`,
    off: 'Replication off',
    offHint: 'Nothing is sent or fetched until it is switched on.',
    first: (done: string) => `First sync ${done}`,
    firstHint: 'Everything is being fetched, the newest work first. You can work meanwhile.',
    working: 'Replicating…',
    waiting: (n: number) => `${count(n)} waiting`,
    waitingHint: (n: number) => `${steps(n)} of work ${n === 1 ? 'is' : 'are'} safe here and not in the cloud yet.`,
    away: (when: string) => `No cloud since ${when}`,
    awayNever: 'No cloud yet',
    awayHint: (n: number) =>
      n === 0
        ? 'The cloud can not be reached. Everything works here; it is tried again by itself.'
        : `The cloud can not be reached. Everything works here; ${steps(n)} ${n === 1 ? 'waits' : 'wait'} to be sent.`,
    blocked: (why: string) => `Stands still: ${why}`,
    conflicts: (n: number) => some(n, 'conflict', 'conflicts'),
    unknown: 'Replication does not answer',
  },
  state: {
    now: 'Sync now',
    syncing: 'Replicating with the cloud',
    done: 'Replication is done.',
    on: 'Replicate in the background',
    onHint: 'Off: nothing is sent or fetched unless you ask for it.',
    metered: 'Metered network',
    meteredHint: 'Work is sent and fetched; documents and other files wait for another network.',
    how: 'How',
    phases: {
      snapshot: 'Fetching everything',
      pulling: 'Fetching what others did',
      pushing: 'Sending what was done here',
      blobs: 'Documents and other files',
    },
    progress: (done: number, total: number | null, size: string) =>
      total === null ? `${count(done)} · ${size}` : `${count(done)} of ${count(total)} · ${size}`,
    facts: 'Facts',
    cloud: 'Cloud',
    addresses: 'Addresses',
    answered: 'answered last',
    lastSuccess: 'Last in step',
    never: 'Not yet',
    lastFailure: 'Last failure',
    nextTry: 'Tries again',
    behind: 'Applied here',
    position: (position: number, cloud: number | null) =>
      cloud === null ? count(position) : `${count(position)} of ${count(cloud)} entries of the log`,
    clock: 'Clock',
    clockFine: 'As the cloud’s',
    clockFast: (by: string) =>
      `This machine is ${by} ahead of the cloud. Replication works all the same; set the clock, because times of work come from it.`,
    clockSlow: (by: string) =>
      `This machine is ${by} behind the cloud. Replication works all the same; set the clock, because times of work come from it.`,
    traffic: 'Traffic since the start',
    sentReceived: (sent: string, received: string) => `${sent} sent, ${received} received`,
    parked: 'Kept for the update',
    parkedHint: (n: number) =>
      `${some(n, 'change', 'changes')} of a newer version; they are applied once this workbench is updated.`,
    setBack: (when: string, again: number, lost: number) =>
      `The cloud was set back to ${when}. ${again === 0 ? 'Nothing of your work is missing there' : `${some(again, 'step', 'steps')} of your work ${again === 1 ? 'goes' : 'go'} there once more`}. ${lost === 0 ? '' : `${steps(lost)} that others made since ${lost === 1 ? 'comes' : 'come'} back when they meet the cloud. `}Where it turns out differently now, there is a conflict to decide.`,
    setBackTitle: 'The cloud was set back to a backup',
    setBackRead: 'I have read it',
    lost: 'Others’ work that is missing',
    lostHint: (n: number) =>
      `${steps(n)} that the cloud lost and nobody sent again yet. Kept here word for word, and gone from this list when they come back.`,
    numbers: 'Numbers left',
    device: 'This device',
    series: { locator: 'References', policyNumber: 'Policies', invoice: 'Invoices', payment: 'Payments' },
    brake: (direction: 'push' | 'pull', changed: number, deleted: number, of: number) =>
      direction === 'push'
        ? `What waits to be sent would change ${count(changed)} and remove ${count(deleted)} of ${count(of)} records for everybody.`
        : `What the cloud sends would change ${count(changed)} and remove ${count(deleted)} of ${count(of)} records here.`,
    brakePass: { push: 'It is meant: send it', pull: 'It is meant: take it' },
    brakeWait: 'If it is not meant, leave it and ask: nothing is lost while it stands still.',
    blockedTitle,
    blockedWhat,
  },
  enrol: {
    title: 'Connect with a cloud',
    again: 'Connect again',
    againHint: 'Your administrator gives you a new code that works once.',
    hint: 'Several workbenches work on the same policies, also without a network, and meet again here. Your administrator gives you an address and a code that works once.',
    address: 'Address of the cloud',
    addressHint: 'https://… ; several with commas between',
    code: 'One-time code',
    name: 'Name of this device',
    nameHint: 'Default: the computer’s name',
    go: 'Connect',
    done: (tenant: string) => `Connected with ${tenant}.`,
  },
  waiting: {
    title: 'What waits',
    none: 'Nothing waits: the cloud has everything that was done here.',
    summary: (entries: number, size: string, fileCount: number) =>
      fileCount === 0 ? `${steps(entries)}, ${size}` : `${steps(entries)}, ${size}, and ${files(fileCount)}`,
    files: (n: number) => `${files(n)} not sent yet.`,
    fetches: (n: number) => `${files(n)} of other devices not here yet; asked for again by itself.`,
    more: (n: number) => `and ${count(n)} later ones`,
  },
  conflicts: {
    title: 'Conflicts',
    hint: 'Work that met other people’s work. Nothing of it is lost: both sides are kept, and you say what is right.',
    open: 'Open',
    resolved: 'Resolved',
    which: 'Which conflicts',
    none: 'No conflict is open',
    noneHint: 'When two people change the same thing without a network, both versions wait for you here.',
    noneResolved: 'No conflict was resolved yet',
    choose: 'Choose a conflict from the list.',
    own: 'Made here',
    by: (name: string) => `by ${name}`,
    next: 'Next or previous conflict',
    policy: 'Open the policy',
    follows: 'Open the conflict that it follows',
    reasons,
    premium: 'Premium',
    standing: 'What stands',
    refused: 'Refused',
    before: 'Came from',
    mineOf: (name: string) => `${name}’s version`,
    difference: 'Difference',
    field: 'Field',
    take: (field: string) => `Which to take: ${field}`,
    clash: 'Both changed it',
    nothing: 'nothing',
    unchanged: 'The two sides do not differ in what people read.',
    more: (n: number) => `${some(n, 'more field', 'more fields')} that only one side changed`,
    verbatim: 'Both versions verbatim',
    choicesTitle: 'What is to be?',
    choices: { theirs: 'Keep what stands', mine: 'Put the refused version on top', fields: 'Choose by field' },
    recommended: 'Recommended',
    whys,
    resolve: 'Resolve',
    resolvedToast: 'The conflict is resolved.',
    resolution: {
      theirs: 'What stood was kept',
      mine: 'The refused version was put on top',
      fields: 'Fields were chosen from both',
    },
    resolvedBy: (what: string, name: string, when: string) => `${what} by ${name}, ${when}.`,
    gone: 'Removed',
    types: {
      policyholder: 'Policyholder',
      policy: 'Policy',
      quote: 'Quote',
      transaction: 'Transaction',
      invoice: 'Invoice',
      payment: 'Payment',
      gracePeriod: 'Grace period',
      document: 'Document',
      note: 'Note',
      claim: 'Claim',
      subclaim: 'Part of a claim',
      billing: 'Billing',
      auxData: 'Additional data',
      media: 'File',
      configuration: 'Configuration',
    },
  },
  departure: {
    title: 'Am I ready to leave?',
    days: 'Days without a network, today included',
    ready: (until: string) => `Ready. You can work until ${until} without a network.`,
    todo: (n: number) => (n === 1 ? 'One thing to do before you leave' : `${count(n)} things to do before you leave`),
    again: 'Check again',
    names: {
      current: 'Everybody’s work is here',
      waiting: 'Your work is in the cloud',
      conflicts: 'No conflict is open',
      products: 'Products and rates',
      documents: 'Documents of the coming work',
      numbers: 'Printed numbers',
      authority: 'This device may work',
      disk: 'Disk',
      battery: 'Battery',
    },
    current: {
      never: 'This workbench has not met the cloud yet.',
      incomplete: 'The first fetch is not complete.',
      behind: 'The cloud has newer work.',
      parked: 'Some of it can not be read before Fieldwriter is updated.',
      old: (when: string) => `Last in step ${when}.`,
      ok: (when: string) => `In step ${when}.`,
    },
    waiting: {
      ok: 'Nothing waits.',
      todo: (entries: number, fileCount: number) =>
        `${[entries > 0 ? steps(entries) : '', fileCount > 0 ? files(fileCount) : ''].filter(Boolean).join(' and ')} not sent yet.`,
    },
    conflicts: { ok: 'None.', todo: (n: number) => `${some(n, 'conflict waits', 'conflicts wait')} for you.` },
    products: {
      ok: 'The newest version of every product is here.',
      todo: (names: string) => `The content is missing: ${names}.`,
    },
    documents: {
      ok: (n: number) => `${some(n, 'document', 'documents')} of what is due or starts until then, all here.`,
      todo: (missing: number, n: number) => `${count(missing)} of ${some(n, 'document', 'documents')} not here:`,
    },
    numbers: {
      ok: 'Enough for the trip.',
      todo: (series: string, left: number, needed: number) =>
        `${series}: ${count(left)} left, ${count(needed)} needed.`,
    },
    authority: {
      ok: 'The cloud takes this device.',
      until: (when: string) => `The cloud takes this device until ${when}.`,
      ends: (when: string) => `It ends on the way: ${when}.`,
    },
    disk: {
      ok: (free: string) => `${free} free.`,
      todo: (free: string, needed: string) => `${free} free; ${needed} are needed. Make room.`,
    },
    battery: {
      plugged: (level: string) => `${level}, plugged in.`,
      ok: (level: string) => `${level}.`,
      todo: (level: string) => `${level}: plug it in before you leave.`,
    },
    actions: {
      sync: 'Sync now',
      conflicts: 'See conflicts',
      products: 'See products',
      state: 'See what to do',
    },
    states: { ok: 'Fine', todo: 'To do' },
  },
} as const;
