/** The ids that each count belongs to. */
export interface Dimensions {
  policy_id: string;
  site_id: string;
  endpoint_id: string;
  edge_id: string;
}

export type Dimension = keyof Dimensions;

/** One id per dimension, or none. */
export type IdFilter = { [D in Dimension]?: string | undefined };

/** Ids of each dimension; those of one are alternatives. */
export type IdLists = { [D in Dimension as `${D}s`]?: readonly string[] | undefined };

/**
 * Selects counts: all given conditions must hold, and none of `not`. An empty filter selects all.
 */
export type DimensionFilter = IdFilter & IdLists & { not?: IdLists | undefined };

/** The ids of a dimension that may pass, each once; undefined: the filter lists none. */
export function idsOf(filter: DimensionFilter, dimension: Dimension): readonly string[] | undefined {
  const { [dimension]: id, [`${dimension}s` as const]: ids } = filter;
  const given = id === undefined ? ids : [id].filter(one => ids?.includes(one) !== false);
  const not = notIdsOf(filter, dimension);
  return given && [...new Set(given)].filter(each => !not.includes(each));
}

/** The ids of a dimension that don't pass. */
export function notIdsOf({ not }: DimensionFilter, dimension: Dimension): readonly string[] {
  return not?.[`${dimension}s`] ?? [];
}

/** Whether a filter restricts a dimension. */
export function isFiltered(filter: DimensionFilter, dimension: Dimension): boolean {
  return idsOf(filter, dimension) !== undefined || notIdsOf(filter, dimension).length > 0;
}

/** Whether counts pass, as far as their dimensions are given. */
export function passes(filter: DimensionFilter, dimensions: Partial<Dimensions>): boolean {
  return (Object.keys(dimensions) as Dimension[]).every(dimension => {
    const id = dimensions[dimension]!;
    const { [dimension]: single, [`${dimension}s` as const]: ids } = filter;
    if (single !== undefined && single !== id) return false;
    return ids?.includes(id) !== false && !notIdsOf(filter, dimension).includes(id);
  });
}
