import { describe, expect, it } from 'vitest';
import { conditionOf, updateItem } from '../../../core/storage/item-update.ts';

const key = { pk: 'SITE#1', sk: 'META' };

describe('the update of an item', () => {
  it('sets, removes and adds under a condition, with a name for every attribute', () => {
    expect(
      updateItem({
        table: 'network',
        key,
        set: { status: 'DONE', note: undefined },
        remove: ['upload'],
        add: { tries: 1 },
        condition: { expression: '#status = :was AND attribute_exists(#pk)', values: { was: 'RUNNING' } },
      }),
    ).toEqual({
      TableName: 'network',
      Key: key,
      UpdateExpression: 'SET #status = :set_status REMOVE #upload ADD #tries :add_tries',
      ConditionExpression: '#status = :was AND attribute_exists(#pk)',
      ExpressionAttributeNames: {
        '#status': 'status',
        '#upload': 'upload',
        '#tries': 'tries',
        '#pk': 'pk',
      },
      ExpressionAttributeValues: { ':set_status': 'DONE', ':add_tries': 1, ':was': 'RUNNING' },
    });
  });

  it('omits parts that DynamoDB rejects when they are empty', () => {
    expect(updateItem({ table: 'network', key, remove: ['upload'] })).toEqual({
      TableName: 'network',
      Key: key,
      UpdateExpression: 'REMOVE #upload',
      ExpressionAttributeNames: { '#upload': 'upload' },
    });
  });

  it('has the condition only for puts, deletions and checks', () => {
    expect(conditionOf({ expression: 'attribute_not_exists(pk)' })).toEqual({
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    expect(conditionOf({ expression: '#life = :life', values: { life: 2 } })).toEqual({
      ConditionExpression: '#life = :life',
      ExpressionAttributeNames: { '#life': 'life' },
      ExpressionAttributeValues: { ':life': 2 },
    });
  });
});
