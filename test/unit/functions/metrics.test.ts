import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CACHE_HIT_RATE, countMetrics, METRICS, publishHitRate } from '../../../functions/metrics.ts';
import { CACHE_NAMES } from '../../../functions/product-caches.ts';
import { projectFile, projectText } from '../../support/project-files.ts';

const counted = Object.values(METRICS).flat();

describe('our own metrics', () => {
  it('are 22 in a deployment, at about 0.30 dollars a month each', () => {
    expect(counted.length + CACHE_NAMES.length).toBe(22);
  });

  it('come from the one table', () => {
    const files = readdirSync(projectFile('functions'), { recursive: true, encoding: 'utf8' }).filter(name =>
      name.endsWith('.ts'),
    );
    expect(files.length).toBeGreaterThan(50);
    const importing = files.filter(name =>
      projectText(`functions/${name}`).includes('lambda-powertools/metrics'),
    );
    expect(importing).toEqual(['metrics.ts']);
  });
});

describe('a line of metrics', () => {
  let printed: string[];
  beforeEach(() => {
    printed = [];
    vi.stubEnv('POWERTOOLS_DEV', 'false');
    vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'Patronus');
    // The name of the function changes no dimension.
    vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'api');
    vi.spyOn(process.stdout, 'write').mockImplementation(text => printed.push(String(text)) > 0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  const lines = () =>
    printed.map(text => {
      const { _aws, ...line } = JSON.parse(text);
      return { directives: _aws.CloudWatchMetrics, line };
    });

  it('counts under its service only, and has fields that are not metrics', () => {
    countMetrics('ingest', { ReportsApplied: 12, ReportsQuarantined: 0 }, { LanesRead: 3 });
    expect(lines()).toEqual([
      {
        directives: [
          {
            Namespace: 'Patronus',
            Dimensions: [['service']],
            Metrics: [
              { Name: 'ReportsApplied', Unit: 'Count' },
              { Name: 'ReportsQuarantined', Unit: 'Count' },
            ],
          },
        ],
        line: { service: 'ingest', ReportsApplied: 12, ReportsQuarantined: 0, LanesRead: '3' },
      },
    ]);
  });

  it('has the hit rate of a cache under the name of the cache', () => {
    publishHitRate('routing', { hits: 3, misses: 1 });
    expect(lines()).toEqual([
      {
        directives: [
          {
            Namespace: 'Patronus',
            Dimensions: [['service', 'cache']],
            Metrics: [{ Name: CACHE_HIT_RATE, Unit: 'Percent' }],
          },
        ],
        line: { service: 'caches', cache: 'routing', [CACHE_HIT_RATE]: 75, CacheHits: '3', CacheMisses: '1' },
      },
    ]);
  });
});
