import type { Condition, Expression, FilterCall, ForNode, Node } from './ast.ts';

/** What a walk over a calculation file calls back for, in the order of the file; every expression is visited, those within filters too. */
export interface LiquidVisitor {
  readonly assign?: (name: string, expression: Expression) => void;
  /** After the body of the capture. */
  readonly capture?: (name: string) => void;
  /** `increment`, `decrement`. */
  readonly counter?: (name: string) => void;
  /** Before the body of the loop. */
  readonly loop?: (node: ForNode) => void;
  readonly expression?: (expression: Expression) => void;
  /** A filter with what goes into it: the input expression and the filters before it. */
  readonly filter?: (filter: FilterCall, input: Expression, before: readonly FilterCall[]) => void;
  /** Every part of a condition, the outer before the inner. */
  readonly condition?: (condition: Condition) => void;
  /** A comparison of a condition, or of the subject of a `case` with a value of its `when`. */
  readonly comparison?: (operator: string, left: Expression, right: Expression) => void;
}

/** Visits the nodes and all that is inside them, in the order of the file. */
export function walk(nodes: readonly Node[], visitor: LiquidVisitor): void {
  for (const node of nodes) walkNode(node, visitor);
}

function walkNode(node: Node, visitor: LiquidVisitor): void {
  switch (node.kind) {
    case 'output':
      walkExpression(node.expression, visitor);
      break;
    case 'assign':
      walkExpression(node.expression, visitor);
      visitor.assign?.(node.name, node.expression);
      break;
    case 'capture':
      walk(node.body, visitor);
      visitor.capture?.(node.name);
      break;
    case 'counter':
      visitor.counter?.(node.name);
      break;
    case 'if':
      for (const branch of node.branches) {
        if (branch.condition) walkCondition(branch.condition, visitor);
        walk(branch.body, visitor);
      }
      break;
    case 'case':
      walkExpression(node.subject, visitor);
      for (const when of node.whens) {
        for (const value of when.values) {
          walkExpression(value, visitor);
          visitor.comparison?.('==', node.subject, value);
        }
        walk(when.body, visitor);
      }
      walk(node.otherwise?.body ?? [], visitor);
      break;
    case 'for':
      walkExpression(node.collection, visitor);
      if (node.limit) walkExpression(node.limit, visitor);
      if (node.offset) walkExpression(node.offset, visitor);
      visitor.loop?.(node);
      walk(node.body, visitor);
      walk(node.otherwise, visitor);
      break;
    case 'cycle':
      for (const value of node.values) walkExpression(value, visitor);
      break;
    case 'block':
      walk(node.body, visitor);
      break;
  }
}

function walkCondition(condition: Condition, visitor: LiquidVisitor): void {
  visitor.condition?.(condition);
  switch (condition.kind) {
    case 'value':
      walkExpression(condition.expression, visitor);
      break;
    case 'not':
      walkCondition(condition.operand, visitor);
      break;
    case 'comparison':
      walkExpression(condition.left, visitor);
      walkExpression(condition.right, visitor);
      visitor.comparison?.(condition.operator, condition.left, condition.right);
      break;
    default:
      walkCondition(condition.left, visitor);
      walkCondition(condition.right, visitor);
  }
}

function walkExpression(expression: Expression, visitor: LiquidVisitor): void {
  visitor.expression?.(expression);
  switch (expression.kind) {
    case 'path':
      for (const key of expression.keys) if (typeof key !== 'string') walkExpression(key, visitor);
      break;
    case 'range':
      walkExpression(expression.from, visitor);
      walkExpression(expression.to, visitor);
      break;
    case 'filtered':
      walkExpression(expression.input, visitor);
      for (const [index, filter] of expression.filters.entries()) {
        for (const argument of filter.arguments) walkExpression(argument, visitor);
        for (const { value } of filter.named) walkExpression(value, visitor);
        visitor.filter?.(filter, expression.input, expression.filters.slice(0, index));
      }
      break;
  }
}
