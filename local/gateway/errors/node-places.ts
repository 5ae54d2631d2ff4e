import {
  type ASTNode,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** The position of a node in a request. */
export interface Place {
  /** `sites/items` */
  fieldPath: string;
  /** `input.name` inside the value of an argument; `''` elsewhere. */
  argument: string;
  /** Expected type, inside the value of an argument. */
  inputType: GraphQLInputType | undefined;
}

/** The positions of all nodes of a request. */
export function nodePlaces(schema: GraphQLSchema, document: DocumentNode): Map<ASTNode, Place> {
  const places = new Map<ASTNode, Place>();
  const fields: string[] = [];
  const args: string[] = [];
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      enter(node) {
        if (node.kind === Kind.FIELD) fields.push(node.name.value);
        if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) args.push(node.name.value);
        const inputType = types.getInputType() ?? undefined;
        places.set(node, { fieldPath: fields.join('/'), argument: args.join('.'), inputType });
      },
      leave(node) {
        if (node.kind === Kind.FIELD) fields.pop();
        if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) args.pop();
      },
    }),
  );
  return places;
}
