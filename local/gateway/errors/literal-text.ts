import { Kind, type ValueNode } from 'graphql';
import { WORK_LIMITS } from '../limits.ts';
import { shortQuote } from './short-text.ts';

/** A literal in the form of AppSync's validation messages: `StringValue{value='x'}`. */
export function literalText(node: ValueNode): string {
  switch (node.kind) {
    case Kind.STRING:
      return `StringValue{value='${shortQuote(node.value)}'}`;
    case Kind.INT:
      return `IntValue{value=${node.value}}`;
    case Kind.FLOAT:
      return `FloatValue{value=${node.value}}`;
    case Kind.BOOLEAN:
      return `BooleanValue{value=${node.value}}`;
    case Kind.ENUM:
      return `EnumValue{name='${node.value}'}`;
    case Kind.NULL:
      return 'NullValue{}';
    case Kind.VARIABLE:
      return `VariableReference{name='${node.name.value}'}`;
    case Kind.LIST:
      return `ArrayValue{values=[${listText(node.values, literalText)}]}`;
    case Kind.OBJECT:
      return `ObjectValue{objectFields=[${listText(
        node.fields,
        ({ name, value }) => `ObjectField{name='${shortQuote(name.value)}', value=${literalText(value)}}`,
      )}]}`;
  }
}

/** The texts of elements, up to the limit of a message. */
function listText<Element>(elements: readonly Element[], textOf: (element: Element) => string): string {
  let text = '';
  for (const element of elements) {
    if (text.length > WORK_LIMITS.messageCharacters) return `${text}, …`;
    text += `${text === '' ? '' : ', '}${textOf(element)}`;
  }
  return text;
}
