import { FIGURES_PAGE } from '../../data/figures-operations.ts';
import { graphql, type ResultOf } from '../../data/graphql.ts';

const OVERVIEW_PART = graphql(`
  fragment OverviewPart on Query {
    overview {
      top_sites { id name rate { bits_per_second packets_per_second from to } }
      top_policies { id name }
      problems { id severity since title target target_name site_id acknowledged_at muted_until }
      running { id kind target target_name started_at progress finished error }
      paths_by_status { status count }
      last_changes {
        id at did operation target target_name outcome undone_by actor { kind email username sub }
      }
    }
  }
`);

const THROUGHPUT_PART = graphql(`
  fragment ThroughputPart on Query {
    trafficSeries(group_by: POLICY, from: $from, to: $to, limit: 50, filter: $filter, compare_previous: $compare) {
      from step_s at completeness gaps resets
      groups { id bits_per_second }
      other { id bits_per_second }
      previous { from at total { id bits_per_second } }
    }
  }
`);

export const OVERVIEW = graphql(`query Overview { ...OverviewPart }`, [OVERVIEW_PART]);

export const THROUGHPUT = graphql(
  `query Throughput($from: AWSDateTime!, $to: AWSDateTime!, $filter: TrafficFilter, $compare: Boolean) { ...ThroughputPart }`,
  [THROUGHPUT_PART],
);

/**
 * All data of the page, in one request a minute. The first view queries the figures separately,
 * because they arrive soonest.
 */
export const NOW = graphql(
  `query Now(
    $from: AWSDateTime! $to: AWSDateTime! $filter: TrafficFilter $compare: Boolean
    $scope: FigureScope! $with_figures: Boolean!
  ) {
    ...OverviewPart
    ...ThroughputPart
    figures(scope: $scope) @include(if: $with_figures) { ...FiguresPage }
  }`,
  [OVERVIEW_PART, THROUGHPUT_PART, FIGURES_PAGE],
);

export type Overview = ResultOf<typeof OVERVIEW>['overview'];
