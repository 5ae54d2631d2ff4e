import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { memo, type ReactNode, useEffect, useRef } from 'react';
import './virtual-table.css';

export interface Column<Row> {
  id: string;
  /** Empty for a column of buttons; its label for screen readers is then "Actions". */
  head: string;
  /** A CSS grid track, such as `minmax(160px, 2fr)` or `112px`. */
  width: string;
  /** Aligns to the end, for figures. */
  end?: boolean;
  sortable?: boolean;
  cell(row: Row): ReactNode;
}

export interface Sorting {
  column: string;
  descending: boolean;
}

export interface VirtualTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowId(row: Row): string;
  sorting?: Sorting;
  onSort?(column: string): void;
  /** The number of visible rows; with more rows the table scrolls. */
  maxRows?: number;
  /** Ids of the selected rows. */
  chosen?: ReadonlySet<string>;
  /** Called with the positions of the first and last visible row when they change. */
  onSight?(first: number, last: number): void;
}

const ROW_HEIGHT = 32;

/**
 * A table that renders only visible rows, so that thousands cost no more than twenty. `rowId`
 * identifies rows; a row whose object is unchanged is not rendered again.
 */
export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const { label, columns, rows, rowId, sorting, onSort, maxRows = 15, chosen, onSight } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: index => rowId(rows[index]!),
    overscan: 8,
  });
  const { startIndex, endIndex } = virtual.range ?? {};
  useEffect(() => {
    if (startIndex !== undefined && endIndex !== undefined) onSight?.(startIndex, endIndex);
  }, [startIndex, endIndex, onSight]);
  const template = columns.map(({ width }) => width).join(' ');
  return (
    <div
      className="table-scroller"
      ref={scroller}
      tabIndex={0}
      role="group"
      aria-label={label}
      style={{ maxHeight: (maxRows + 1.5) * ROW_HEIGHT }}
    >
      <div className="table" role="table" aria-label={label} aria-rowcount={rows.length + 1}>
        <div
          className="table-row table-head"
          role="row"
          aria-rowindex={1}
          style={{ gridTemplateColumns: template }}
        >
          {columns.map(column => (
            <HeadCell key={column.id} column={column} sorting={sorting} onSort={onSort} />
          ))}
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ key, index, start }) => (
            <BodyRow
              key={key}
              row={rows[index]!}
              columns={columns as readonly Column<unknown>[]}
              index={index}
              start={start}
              template={template}
              chosen={chosen?.has(String(key)) === true}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface HeadCellProps<Row> {
  column: Column<Row>;
  sorting: Sorting | undefined;
  onSort: ((column: string) => void) | undefined;
}

function HeadCell<Row>({ column, sorting, onSort }: HeadCellProps<Row>) {
  const { id, head, end, sortable } = column;
  const sorted = sorting?.column === id ? (sorting.descending ? 'descending' : 'ascending') : undefined;
  return (
    <div role="columnheader" className={end ? 'cell cell-end' : 'cell'} aria-sort={sorted ?? 'none'}>
      {sortable && onSort ? (
        <button type="button" className="sort-button" onClick={() => onSort(id)}>
          {head}
          {sorted === 'ascending' && <ArrowUp size={12} aria-hidden />}
          {sorted === 'descending' && <ArrowDown size={12} aria-hidden />}
        </button>
      ) : (
        head || <span className="visually-hidden">Actions</span>
      )}
    </div>
  );
}

interface BodyRowProps {
  row: unknown;
  columns: readonly Column<unknown>[];
  index: number;
  start: number;
  template: string;
  chosen: boolean;
}

const BodyRow = memo(function BodyRow({ row, columns, index, start, template, chosen }: BodyRowProps) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      className={chosen ? 'table-row body-row row-chosen' : 'table-row body-row'}
      style={{ gridTemplateColumns: template, transform: `translateY(${start}px)` }}
    >
      {columns.map(({ id, end, cell }) => (
        <div key={id} role="cell" className={end ? 'cell cell-end' : 'cell'}>
          {cell(row)}
        </div>
      ))}
    </div>
  );
});
