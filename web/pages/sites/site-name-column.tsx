import { Link } from '@tanstack/react-router';
import type { Column } from '../../parts/table/virtual-table.tsx';

/** A site's name with a link to its page. */
export const SITE_NAME_COLUMN: Column<{ id: string; name: string }> = {
  id: 'name',
  head: 'Site',
  width: 'minmax(160px, 2fr)',
  cell: ({ id, name }) => (
    <Link to={`/sites/${id}`}>
      <bdi>{name}</bdi>
    </Link>
  ),
};
