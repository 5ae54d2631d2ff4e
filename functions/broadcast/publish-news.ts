import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import type { EdgeNews } from '../../core/commands/edge-news.ts';
import { PUBLISH_EDGE_NEWS } from '../../graphql/publish-edge-news.ts';

/** Tells all edges that listen, in one publication. @throws Error when the API did not take it */
export async function publishNews(news: EdgeNews, api: GraphqlClient): Promise<void> {
  await api.query(PUBLISH_EDGE_NEWS, { ...news });
}
