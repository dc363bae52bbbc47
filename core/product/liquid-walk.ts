import type { Condition, Expression, FilterCall, Node, Template } from '#core/liquid/ast.ts';

/** What a walk over a calculation file calls back for; every expression is visited, those within filters too. */
export interface LiquidVisitor {
  readonly assign?: (name: string, expression: Expression) => void;
  /** Any other way in which a name gets a value: `capture`, `increment`. */
  readonly define?: (name: string) => void;
  readonly loop?: (variable: string, collection: Expression) => void;
  readonly expression?: (expression: Expression) => void;
  /** A filter with what goes into it: the input expression and the filters before it. */
  readonly filter?: (filter: FilterCall, input: Expression, before: readonly FilterCall[]) => void;
  readonly comparison?: (operator: string, left: Expression, right: Expression) => void;
}

/** Visits a whole file in its order. */
export function walkTemplate(template: Template, visitor: LiquidVisitor): void {
  for (const node of template.body) walkNode(node, visitor);
}

function walkNode(node: Node, visitor: LiquidVisitor): void {
  const body = (nodes: readonly Node[]): void => {
    for (const one of nodes) walkNode(one, visitor);
  };
  switch (node.kind) {
    case 'output':
      walkExpression(node.expression, visitor);
      break;
    case 'assign':
      walkExpression(node.expression, visitor);
      visitor.assign?.(node.name, node.expression);
      break;
    case 'capture':
      visitor.define?.(node.name);
      body(node.body);
      break;
    case 'counter':
      visitor.define?.(node.name);
      break;
    case 'if':
      for (const branch of node.branches) {
        if (branch.condition) walkCondition(branch.condition, visitor);
        body(branch.body);
      }
      break;
    case 'case':
      walkExpression(node.subject, visitor);
      for (const when of node.whens) {
        for (const value of when.values) {
          walkExpression(value, visitor);
          visitor.comparison?.('==', node.subject, value);
        }
        body(when.body);
      }
      body(node.otherwise?.body ?? []);
      break;
    case 'for':
      walkExpression(node.collection, visitor);
      if (node.limit) walkExpression(node.limit, visitor);
      if (node.offset) walkExpression(node.offset, visitor);
      visitor.loop?.(node.variable, node.collection);
      body(node.body);
      body(node.otherwise);
      break;
    case 'cycle':
      for (const value of node.values) walkExpression(value, visitor);
      break;
    case 'block':
      body(node.body);
      break;
  }
}

function walkCondition(condition: Condition, visitor: LiquidVisitor): void {
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
