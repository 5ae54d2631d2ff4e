import type { GraphqlClient } from '../../core/appsync/graphql-client.ts';
import type { EdgeNews } from '../../core/commands/edge-news.ts';
import { PUBLISH_EDGE_NEWS } from '../../graphql/publish-edge-news.ts';

/** Publishes news to all edges that are listening. @throws Error if the API did not accept it */
export async function publishNews(news: EdgeNews, api: GraphqlClient): Promise<void> {
  await api.query(PUBLISH_EDGE_NEWS, { ...news });
}
