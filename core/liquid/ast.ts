/** The tree of a calculation file. Lines and columns are 1-based; `text` is the source with its blanks collapsed. */
export interface Template {
  readonly file: string;
  readonly body: readonly Node[];
}
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type Node =
  | TextNode
  | OutputNode
  | AssignNode
  | CaptureNode
  | IfNode
  | CaseNode
  | ForNode
  | CycleNode
  | CounterNode
  | JumpNode
  | BlockNode;

export interface TextNode extends Position {
  readonly kind: 'text';
  readonly text: string;
}
export interface OutputNode extends Position {
  readonly kind: 'output';
  readonly expression: Expression;
}
export interface AssignNode extends Position {
  readonly kind: 'assign';
  readonly name: string;
  readonly expression: Expression;
}
export interface CaptureNode extends Position {
  readonly kind: 'capture';
  readonly name: string;
  readonly body: readonly Node[];
}
/** `if`, `elsif`, `unless`; the `else` branch has no condition. */
export interface IfNode extends Position {
  readonly kind: 'if';
  readonly branches: readonly Branch[];
}
export interface Branch extends Position {
  readonly condition?: Condition;
  readonly text: string;
  readonly body: readonly Node[];
}
export interface CaseNode extends Position {
  readonly kind: 'case';
  readonly subject: Expression;
  readonly whens: readonly When[];
  /** Position of its `else` and the nodes. */
  readonly otherwise?: Position & { readonly body: readonly Node[] };
}
export interface When extends Position {
  readonly values: readonly Expression[];
  readonly text: string;
  readonly body: readonly Node[];
}
export interface ForNode extends Position {
  readonly kind: 'for';
  readonly variable: string;
  readonly collection: Expression;
  readonly limit?: Expression;
  readonly offset?: Expression;
  readonly reversed: boolean;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}
export interface CycleNode extends Position {
  readonly kind: 'cycle';
  /** Cycles of the same group share their turn. */
  readonly group: string;
  readonly values: readonly Expression[];
}
export interface CounterNode extends Position {
  readonly kind: 'counter';
  readonly name: string;
  readonly step: 1 | -1;
}
export interface JumpNode extends Position {
  readonly kind: 'break' | 'continue';
}
/** `{% header %}` and `{% footer %}`: only their calculations count here. */
export interface BlockNode extends Position {
  readonly kind: 'block';
  readonly name: 'header' | 'footer';
  readonly body: readonly Node[];
}

export type Expression = LiteralExpression | PathExpression | RangeExpression | FilteredExpression;
interface ExpressionBase extends Position {
  readonly text: string;
}
export interface LiteralExpression extends ExpressionBase {
  readonly kind: 'literal';
  readonly value: Literal;
}
export type Literal =
  | { readonly type: 'nil' | 'empty' | 'blank' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  /** Plain decimal text; an integer when it has no point. */
  | { readonly type: 'number'; readonly value: string; readonly integer: boolean };
/** `data.policy.exposures[0].name`: a root name and the keys below it. */
export interface PathExpression extends ExpressionBase {
  readonly kind: 'path';
  readonly root: string;
  readonly keys: readonly PathKey[];
}
export type PathKey = string | Expression;
export interface RangeExpression extends ExpressionBase {
  readonly kind: 'range';
  readonly from: Expression;
  readonly to: Expression;
}
export interface FilteredExpression extends ExpressionBase {
  readonly kind: 'filtered';
  readonly input: Expression;
  readonly filters: readonly FilterCall[];
}
export interface FilterCall extends Position {
  readonly name: string;
  readonly arguments: readonly Expression[];
  readonly named: readonly { readonly name: string; readonly value: Expression }[];
  /** What goes into the filter, as it is written. */
  readonly input: string;
}

export type Condition =
  | { readonly kind: 'value'; readonly expression: Expression }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | ComparisonCondition;
export interface ComparisonCondition extends Position {
  readonly kind: 'comparison';
  readonly operator: Comparison;
  readonly left: Expression;
  readonly right: Expression;
  readonly text: string;
}
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'contains';

/** The blocks inside a node. */
export function bodiesOf(node: Node): readonly (readonly Node[])[] {
  switch (node.kind) {
    case 'capture':
    case 'block':
      return [node.body];
    case 'if':
      return node.branches.map((branch) => branch.body);
    case 'case':
      return [...node.whens.map((when) => when.body), ...(node.otherwise ? [node.otherwise.body] : [])];
    case 'for':
      return [node.body, node.otherwise];
    default:
      return [];
  }
}
