import { graphql, type ResultOf } from '../../data/graphql.ts';
import { FIGURES_PAGE } from '../../data/use-figures.ts';

const OVERVIEW_PART = graphql(`
  fragment OverviewPart on Query {
    overview {
      top_sites { id name rate { bits_per_second packets_per_second from to } }
      top_policies { id name }
      problems { id severity since title target site_id acknowledged_at }
      running { id kind target target_name started_at progress finished error }
      paths_by_status { status count }
      last_changes { id at did operation outcome undone_by actor { email username sub } }
    }
  }
`);

const THROUGHPUT_PART = graphql(`
  fragment ThroughputPart on Query {
    trafficSeries(group_by: POLICY, from: $from, to: $to, limit: 7, filter: $filter, compare_previous: $compare) {
      from step_s at completeness gaps resets
      groups { id bits_per_second }
      other { id bits_per_second }
      previous { total { id bits_per_second } }
    }
  }
`);

export const OVERVIEW = graphql(`query Overview { ...OverviewPart }`, [OVERVIEW_PART]);

export const THROUGHPUT = graphql(
  `query Throughput($from: AWSDateTime!, $to: AWSDateTime!, $filter: TrafficFilter, $compare: Boolean) { ...ThroughputPart }`,
  [THROUGHPUT_PART],
);

/** All that the page shows, in one request: what it asks each minute. */
export const NOW = graphql(
  `query Now($from: AWSDateTime!, $to: AWSDateTime!, $filter: TrafficFilter, $compare: Boolean, $scope: FigureScope!) {
    ...OverviewPart
    ...ThroughputPart
    figures(scope: $scope) { ...FiguresPage }
  }`,
  [OVERVIEW_PART, THROUGHPUT_PART, FIGURES_PAGE],
);

export type Overview = ResultOf<typeof OVERVIEW>['overview'];
export type Series = ResultOf<typeof THROUGHPUT>['trafficSeries'];
