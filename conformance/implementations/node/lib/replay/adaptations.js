// Adaptations: what a system declares to be changed in its requests.

function adaptParameters(parameters, adaptations) {
  const adapted = { ...parameters };
  for (const { kind, parameter, minimum, maximum } of adaptations) {
    if (kind === 'omit-parameter') {
      delete adapted[parameter];
    } else if (kind === 'client-side-stop') {
      delete adapted.stop;
    } else if (kind === 'clamp-parameter' && Object.hasOwn(adapted, parameter) && typeof adapted[parameter] === 'number') {
      if (minimum !== undefined) adapted[parameter] = Math.max(adapted[parameter], minimum);
      if (maximum !== undefined) adapted[parameter] = Math.min(adapted[parameter], maximum);
    }
  }
  return adapted;
}

export class Adaptations {
  constructor(list = []) {
    this.list = list;
    this.systemText = list.findLast(({ kind }) => kind === 'system-text')?.as;
    this.separator = list.findLast(({ kind }) => kind === 'merge-adjacent')?.separator;
    this.echoesReasoning = list.some(({ kind }) => kind === 'echo-reasoning');
  }

  parameters(parameters) {
    return adaptParameters(parameters, this.list);
  }
}

export const NO_ADAPTATIONS = new Adaptations();

const isPlainText = ({ content, tool_calls: calls, tool_call_id: id }) =>
  typeof content === 'string' && calls === undefined && id === undefined;

/**
 * Adapts the messages of a view one after another. `emit` is given each message that nothing further can change;
 * `rest` gives those that would still come if the view ended here.
 */
export class MessageAdapter {
  constructor(adaptations, emit) {
    this.adaptations = adaptations;
    this.emit = emit;
    this.held = []; // texts of instructions that wait for the message they go into
    this.open = null; // a message that the next one may be merged with
  }

  add(fields) {
    for (const adapted of this.withoutSystem(fields, this.held)) this.open = this.merge(adapted, this.open, this.emit);
  }

  rest() {
    const last = [];
    let { open } = this;
    if (this.held.length > 0) open = this.merge(asUser(this.held), open, (fields) => last.push(fields));
    if (open !== null) last.push(open);
    return last;
  }

  /** The first adaptation, of instructions. */
  withoutSystem(fields, held) {
    const { systemText } = this.adaptations;
    if (systemText === undefined) return [fields];
    if (systemText === 'developer') return [fields.role === 'system' ? { ...fields, role: 'developer' } : fields];
    if (fields.role === 'system') {
      held.push(fields.content);
      return [];
    }
    if (held.length === 0) return [fields];
    const texts = held.splice(0);
    if (fields.role === 'user' && typeof fields.content === 'string') return [asUser([...texts, fields.content])];
    return [asUser(texts), fields];
  }

  /** The second adaptation, of neighbours: gives the message that is open now. */
  merge(fields, open, emit) {
    const { separator } = this.adaptations;
    if (separator === undefined) {
      emit(fields);
      return null;
    }
    if (open !== null && open.role === fields.role && isPlainText(open) && isPlainText(fields)) {
      return { role: open.role, content: `${open.content}${separator}${fields.content}` };
    }
    if (open !== null) emit(open);
    return fields;
  }
}

function asUser(texts) {
  return { role: 'user', content: texts.join('\n\n') };
}
