import type { YamlScalar, YamlValue } from '../yaml-values.ts';
import { AliasBudget } from './alias-budget.ts';
import type { Composed, LocatedNode } from './located-node.ts';
import { MappingDraft, type YamlReport } from './mapping-draft.ts';
import { MergeMarks, toMergeTag } from './merge-marks.ts';
import { readTagged } from './read-tagged.ts';
import { resolveScalar } from './resolve-scalar.ts';
import { MAX_DEPTH, Scanner } from './scanner.ts';
import type { Token, TokenKind } from './token.ts';
import { type Extent, YamlError, failSyntax } from './yaml-error.ts';

interface Anchor {
  readonly extent: Extent;
  /** Absent while the anchored node is being read. */
  composed?: Composed;
  /** Nodes in it, aliases written out. */
  size: number;
}

type Kinds = ReadonlySet<TokenKind>;
const kinds = (...names: TokenKind[]): Kinds => new Set(names);

/** Tokens at which a part of a collection is empty. */
const BLOCK_MAPPING_PART = kinds('key', 'value', 'block-end');
const BLOCK_SEQUENCE_PART = kinds('block-entry', 'block-end');
const INDENTLESS_PART = kinds('block-entry', 'key', 'value', 'block-end');
const FLOW_MAPPING_KEY = kinds('value', 'flow-entry', 'flow-mapping-end');
const FLOW_MAPPING_VALUE = kinds('flow-entry', 'flow-mapping-end');
const FLOW_PAIR_KEY = kinds('value', 'flow-entry', 'flow-sequence-end');
const FLOW_PAIR_VALUE = kinds('flow-entry', 'flow-sequence-end');
const DOCUMENT_EDGE = kinds('directive', 'document-start', 'document-end', 'stream-end');

/** Where a node stands: what it may be, and what means that it is not there. */
interface Slot {
  readonly emptyAt: Kinds;
  readonly isBlock: boolean;
  /** A sequence may stand at the indentation of the mapping that holds it. */
  readonly mayBeIndentless: boolean;
}

const slot = (emptyAt: Kinds, isBlock: boolean, mayBeIndentless = false): Slot => ({
  emptyAt,
  isBlock,
  mayBeIndentless,
});

const DOCUMENT = slot(DOCUMENT_EDGE, true);
const IN_BLOCK_MAPPING = slot(BLOCK_MAPPING_PART, true, true);
const IN_BLOCK_SEQUENCE = slot(BLOCK_SEQUENCE_PART, true);
const IN_INDENTLESS = slot(INDENTLESS_PART, true);
const FLOW_ITEM = slot(kinds(), false);
const FLOW_KEY = slot(FLOW_MAPPING_KEY, false);
const FLOW_VALUE = slot(FLOW_MAPPING_VALUE, false);
const PAIR_KEY = slot(FLOW_PAIR_KEY, false);
const PAIR_VALUE = slot(FLOW_PAIR_VALUE, false);

/**
 * Reads the first document of a text into plain values, in one pass over the tokens.
 *
 * With `located`, builds the tree of places beside the values; the values are the same.
 * @source spec/stack-file.md section 4
 */
export class Composer {
  private readonly scanner: Scanner;
  private readonly report: YamlReport;
  private readonly isLocated: boolean;
  private readonly anchors = new Map<string, Anchor>();
  private readonly budget = new AliasBudget();
  private readonly tagHandles = new Set<string>();
  /** Where the tags for merging stand. */
  readonly marks = new MergeMarks();
  private depth = 0;
  /** Where the last visible token ended: block collections end there, not at `block-end`. */
  private lastEnd = 0;

  constructor(text: string, report: YamlReport, located: boolean) {
    this.scanner = new Scanner(text);
    this.report = report;
    this.isLocated = located;
  }

  /** @throws YamlError for what reading cannot go on behind */
  document(): Composed {
    this.takeDirectives();
    if (this.next() === 'document-start') this.take();
    const composed = this.node(DOCUMENT);
    const after = this.scanner.peek();
    if (!DOCUMENT_EDGE.has(after.kind)) failSyntax('did not find expected <document start>', after);
    return composed;
  }

  private takeDirectives(): void {
    let hasDirectives = false;
    while (this.next() === 'directive') {
      const token = this.take();
      hasDirectives = true;
      this.directive(token);
    }
    if (hasDirectives && this.next() !== 'document-start') {
      failSyntax('did not find expected <document start>', this.scanner.peek());
    }
  }

  private directive(token: Token): void {
    const [name, argument = ''] = token.value.split(/[ \t]+/);
    if (name === '%TAG') this.tagHandles.add(argument);
    else if (name !== '%YAML') failSyntax('found unknown directive name', token);
    else if (argument !== '1.1' && argument !== '1.2') {
      failSyntax('found incompatible YAML document', token);
    }
  }

  private next(): TokenKind {
    return this.scanner.peek().kind;
  }

  private take(): Token {
    const token = this.scanner.take();
    if (token.end > token.start) this.lastEnd = token.end;
    return token;
  }

  private place(extent: Extent): LocatedNode | undefined {
    return this.isLocated ? { start: extent.start, end: extent.end } : undefined;
  }

  private scalar(value: YamlScalar, token: Token): Composed {
    this.budget.count();
    if (typeof value === 'number' && !Number.isFinite(value)) this.reportNotFinite(value, token);
    return { value, node: this.place(token) };
  }

  private reportNotFinite(value: number, extent: Extent): void {
    const name = Number.isNaN(value) ? 'NaN' : `${value > 0 ? '+' : '-'}Inf`;
    this.report({
      code: 'number-not-finite',
      message: `json: unsupported value: ${name}`,
      extent: { start: extent.start, end: extent.end },
      hint: 'write a finite number, or put the text in quotes',
    });
  }

  /** A scalar that is not written at all. */
  private absent(at: number, tag = ''): Composed {
    const token: Token = { kind: 'plain', start: at, end: at, value: '' };
    return this.scalar(readTagged(tag, token), token);
  }

  private node(place: Slot): Composed {
    const token = this.scanner.peek();
    const { kind } = token;
    if (kind === 'plain' || kind === 'quoted') {
      this.take();
      return this.scalar(kind === 'plain' ? resolveScalar(token.value) : token.value, token);
    }
    if (kind === 'alias') return this.alias(this.take());
    if (kind === 'anchor' || kind === 'tag') return this.decorated(place);
    return place.emptyAt.has(kind) ? this.absent(token.start) : this.collection(token, place);
  }

  /** A node with an anchor, a tag, or both in either order. */
  private decorated(place: Slot): Composed {
    const anchorFirst = this.next() === 'anchor' ? this.take() : undefined;
    const tag = this.next() === 'tag' ? this.tag(this.take()) : '';
    const token = anchorFirst ?? (this.next() === 'anchor' ? this.take() : undefined);
    const anchor: Anchor = { extent: token ?? { start: 0, end: 0 }, size: 0 };
    if (token) this.anchors.set(token.value, anchor);
    const before = this.budget.visited;
    const mergeTag = toMergeTag(tag);
    const composed = this.undecorated(place, mergeTag ? '' : tag);
    anchor.composed = mergeTag ? { ...composed, mergeTag } : composed;
    anchor.size = this.budget.visited - before;
    return anchor.composed;
  }

  private tag(token: Token): string {
    const handle = /^![\w-]+!/.exec(token.value)?.[0];
    if (handle !== undefined && !this.tagHandles.has(handle)) {
      failSyntax('found undefined tag handle', token);
    }
    return token.value;
  }

  private undecorated(place: Slot, tag: string): Composed {
    const token = this.scanner.peek();
    if (token.kind === 'plain' || token.kind === 'quoted') {
      this.take();
      return this.scalar(readTagged(tag, token), token);
    }
    const isIndentless = place.mayBeIndentless && token.kind === 'block-entry';
    const isBlockStart = place.isBlock && /^block-.*-start$/.test(token.kind);
    const isFlowStart = /^flow-.*-start$/.test(token.kind);
    if (isIndentless || isBlockStart || isFlowStart) return this.collection(token, place);
    return this.absent(token.start, tag);
  }

  private alias(token: Token): Composed {
    const anchor = this.anchors.get(token.value);
    if (anchor?.composed) {
      this.budget.countAlias(anchor.size, token);
      return anchor.composed;
    }
    const extent: Extent = { start: token.start, end: token.end };
    if (!anchor) {
      throw new YamlError({
        code: 'yaml-alias',
        message: `unknown anchor '${token.value}' referenced`,
        extent,
        hint: `write &${token.value} in front of the value, above this line`,
      });
    }
    throw new YamlError({
      code: 'yaml-alias',
      message: `anchor '${token.value}' value contains itself`,
      extent,
      related: { message: 'the anchor is here', extent: anchor.extent },
      hint: 'a value cannot be a part of itself; write this part out',
    });
  }

  private collection(token: Token, place: Slot): Composed {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) failSyntax(`exceeded max depth of ${MAX_DEPTH}`, token);
    this.budget.count();
    const composed = this.collectionOf(token, place);
    this.depth -= 1;
    return composed;
  }

  private collectionOf(token: Token, place: Slot): Composed {
    const { kind } = token;
    if (kind === 'flow-mapping-start') return this.flowMapping();
    if (kind === 'flow-sequence-start') return this.flowSequence();
    if (place.isBlock && kind === 'block-mapping-start') return this.blockMapping();
    if (place.isBlock && kind === 'block-sequence-start') return this.blockSequence();
    if (place.mayBeIndentless && kind === 'block-entry') return this.indentlessSequence();
    return failSyntax('did not find expected node content', token);
  }

  private blockMapping(): Composed {
    const { start } = this.take();
    const draft = new MappingDraft(this.report, this.isLocated, this.marks);
    for (;;) {
      const token = this.take();
      if (token.kind === 'block-end') return draft.finish({ start, end: this.lastEnd });
      if (token.kind !== 'key') {
        failSyntax('did not find expected key', token, 'check the indentation of this line');
      }
      this.entry(draft, IN_BLOCK_MAPPING, IN_BLOCK_MAPPING);
    }
  }

  /** One key and its value, if there is one; the `key` token is behind us. */
  private entry(draft: MappingDraft, keySlot: Slot, valueSlot: Slot): void {
    const keyToken = this.scanner.peek();
    const isMerge = keyToken.kind === 'plain' && keyToken.value === '<<';
    const key = this.node(keySlot);
    const value = this.valuePart(valueSlot);
    if (isMerge) draft.merge(keyToken, value.composed, value.isAlias);
    else draft.add(keyToken, key, value.composed);
  }

  private valuePart(place: Slot): { readonly composed: Composed; readonly isAlias: boolean } {
    if (this.next() !== 'value') {
      return { composed: this.absent(this.scanner.peek().start), isAlias: false };
    }
    const { end } = this.take();
    const next = this.scanner.peek();
    // An absent value is shown behind its colon, not at the next key.
    if (place.emptyAt.has(next.kind)) return { composed: this.absent(end), isAlias: false };
    return { composed: this.node(place), isAlias: next.kind === 'alias' };
  }

  private list(start: number, items: readonly Composed[]): Composed {
    const value: YamlValue[] = items.map((item) => item.value);
    items.forEach(({ mergeTag }, index) => {
      if (mergeTag) this.marks.add(value, index, mergeTag);
    });
    if (!this.isLocated) return { value, node: undefined };
    const places = items.flatMap((item) => (item.node ? [item.node] : []));
    return { value, node: { start, end: this.lastEnd, items: places } };
  }

  private blockSequence(): Composed {
    const { start } = this.take();
    const items: Composed[] = [];
    for (;;) {
      const token = this.take();
      if (token.kind === 'block-end') return this.list(start, items);
      if (token.kind !== 'block-entry') {
        failSyntax(
          "did not find expected '-' indicator",
          token,
          'check the indentation of this line',
        );
      }
      items.push(this.node(IN_BLOCK_SEQUENCE));
    }
  }

  private indentlessSequence(): Composed {
    const { start } = this.scanner.peek();
    const items: Composed[] = [];
    while (this.next() === 'block-entry') {
      this.take();
      items.push(this.node(IN_INDENTLESS));
    }
    return this.list(start, items);
  }

  /** Takes the comma before all entries but the first; false behind the last one. */
  private hasFlowEntry(isFirst: boolean, end: TokenKind, closing: string): boolean {
    if (!isFirst && this.next() !== end) {
      const token = this.scanner.peek();
      if (token.kind !== 'flow-entry') {
        const hint = `put a comma between the items, or close with ${closing} above this place`;
        failSyntax(`did not find expected ',' or '${closing}'`, token, hint);
      }
      this.take();
    }
    return this.next() !== end;
  }

  private flowSequence(): Composed {
    const { start } = this.take();
    const items: Composed[] = [];
    while (this.hasFlowEntry(items.length === 0, 'flow-sequence-end', ']')) {
      items.push(this.next() === 'key' ? this.flowPair() : this.node(FLOW_ITEM));
    }
    this.take();
    return this.list(start, items);
  }

  /** `[a: b]` is a list of one-entry mappings. */
  private flowPair(): Composed {
    const { start } = this.take();
    const draft = new MappingDraft(this.report, this.isLocated, this.marks);
    this.budget.count();
    this.entry(draft, PAIR_KEY, PAIR_VALUE);
    return draft.finish({ start, end: this.lastEnd });
  }

  private flowMapping(): Composed {
    const { start } = this.take();
    const draft = new MappingDraft(this.report, this.isLocated, this.marks);
    for (let isFirst = true; this.hasFlowEntry(isFirst, 'flow-mapping-end', '}'); isFirst = false) {
      const token = this.scanner.peek();
      if (token.kind === 'key') {
        this.take();
        this.entry(draft, FLOW_KEY, FLOW_VALUE);
      } else {
        draft.add(token, this.node(FLOW_ITEM), this.absent(this.lastEnd));
      }
    }
    this.take();
    return draft.finish({ start, end: this.lastEnd });
  }
}
