import { graphql } from './graphql.ts';

export const FIGURES_PAGE = graphql(`
  fragment FiguresPage on Figures {
    seq part parts as_of removed next_token
    items {
      id name packets_exact bytes_exact active_flows rate { bits_per_second packets_per_second from to }
      status score latency_ms jitter_ms packet_loss_pct measured_at complete_share
    }
  }
`);

export const FIGURES = graphql(
  `query Figures($scope: FigureScope!, $next_token: String) {
    figures(scope: $scope, next_token: $next_token) { ...FiguresPage }
  }`,
  [FIGURES_PAGE],
);

export const LIVE_FIGURES = graphql(`
  subscription LiveFigures($scope: FigureScope!) {
    figures(scope: $scope) {
      seq part parts as_of removed
      items {
        id name packets_exact bytes_exact active_flows rate { bits_per_second packets_per_second from to }
        status score latency_ms jitter_ms packet_loss_pct measured_at complete_share
      }
    }
  }
`);
