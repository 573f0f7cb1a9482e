// Views: what each speaking actor of a thread is sent of it, as a list of messages. Nothing withheld stands in one: a
// replay ends at the event with which it would come there.

class View {
  constructor() {
    this.messages = [];
    this.edition = 0; // grows when messages are taken away
  }

  add(message) {
    this.messages.push(message);
  }

  clear() {
    this.messages = [];
    this.edition += 1;
  }

  /** Keeps those of the messages that are not instructions of which the test says so; it is given their places. */
  keep(test) {
    let place = 0;
    this.messages = this.messages.filter(({ role }) => role === 'system' || test(place++));
    this.edition += 1;
  }

  get said() {
    return this.messages.reduce((sum, { role }) => sum + (role === 'system' ? 0 : 1), 0);
  }

  /** Answers to calls that are gone are dropped as well. */
  dropOrphans() {
    const oldest = this.messages.filter(({ role }) => role !== 'system').findIndex(({ role }) => role !== 'tool');
    const orphans = oldest < 0 ? this.said : oldest;
    if (orphans > 0) this.keep((place) => place >= orphans);
  }

  edit({ how, count }, text) {
    if (how === 'replace') {
      this.keep(() => false);
      this.add({ role: 'user', content: text });
      return;
    }
    const dropped = how === 'drop-first' ? count : Math.max(0, this.said - count);
    this.keep((place) => place >= dropped);
    this.dropOrphans();
  }
}

/** The views of a program's threads. */
export class Views {
  constructor(threads) {
    this.threads = new Map();
    for (const [name, { speakers }] of Object.entries(threads)) {
      this.threads.set(name, new Map(speakers.map((speaker) => [speaker, new View()])));
    }
  }

  of(thread, actor) {
    return this.threads.get(thread).get(actor);
  }

  /** Views of a thread with the actors whose they are. */
  in(thread) {
    return this.threads.get(thread);
  }

  refresh(thread) {
    for (const view of this.threads.get(thread).values()) view.clear();
  }
}
