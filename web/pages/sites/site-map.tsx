import { useAddress } from '../../address/search.ts';
import { useList } from '../../data/use-list.ts';
import { Button } from '../../parts/button.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { PathStatus } from '../../parts/path-status.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { boxArgument, type MapBox, readBox, WORLD, writeBox, zoomed } from './map/map-view.ts';
import { type MapSite, WorldMap } from './map/world-map.tsx';
import { SITES_ON_MAP } from './operations.ts';
import { SITE_NAME_COLUMN } from './site-name-column.tsx';

/** A map of the sites with coordinates, and a table of the sites in the visible part. */
export function SiteMap() {
  const [address, setAddress] = useAddress();
  const box = readBox(address.box);
  const choose = (chosen: MapBox | undefined): void =>
    setAddress({ box: chosen === undefined ? undefined : writeBox(chosen) });
  const list = useList(
    SITES_ON_MAP,
    { within: boxArgument(box ?? EVERYWHERE) },
    { pick: data => data.sites, changedBy: ['SITE', 'PATH'] },
  );
  const sites = (list.items ?? []).flatMap(({ latitude, longitude, ...site }) =>
    latitude === null || longitude === null ? [] : [{ ...site, latitude, longitude }],
  );
  const actions = (
    <div className="panel-actions">
      <Button onPress={() => choose(zoomed(box ?? WORLD, 0.5))}>Closer</Button>
      <Button isDisabled={!box} onPress={() => choose(zoomed(box ?? WORLD, 2))}>
        Wider
      </Button>
      <Button isDisabled={!box} onPress={() => choose(undefined)}>
        Whole world
      </Button>
    </div>
  );
  return (
    <Panel title="Map" actions={actions} flush>
      <WorldMap sites={sites} box={box} onChoose={choose} />
      <Loaded data={list.items} error={list.error} onRetry={list.retry}>
        {items =>
          items.length === 0 ? (
            <Empty>
              {box
                ? 'There are no sites here. Zoom out, or show the whole world.'
                : 'No site has coordinates yet. Set them with "Change…" on a site.'}
            </Empty>
          ) : (
            <>
              <VirtualTable
                label="Sites on the map"
                columns={COLUMNS}
                rows={sites}
                rowId={({ id }) => id}
                maxRows={12}
              />
              <More list={list} />
            </>
          )
        }
      </Loaded>
      <p className="panel-note muted">
        Drag a box on the map to zoom in. Outlines: Natural Earth. Sites without coordinates appear only in
        the list of sites.
      </p>
    </Panel>
  );
}

const EVERYWHERE: MapBox = { south: -90, west: -180, north: 90, east: 180 };

const COLUMNS: readonly Column<MapSite>[] = [
  SITE_NAME_COLUMN,
  {
    id: 'worst',
    head: 'Worst path',
    width: '128px',
    cell: ({ worst_status }) =>
      worst_status ? <PathStatus status={worst_status} /> : <span className="muted">No path</span>,
  },
  { id: 'latitude', head: 'Latitude', width: '96px', end: true, cell: ({ latitude }) => degrees(latitude) },
  {
    id: 'longitude',
    head: 'Longitude',
    width: '96px',
    end: true,
    cell: ({ longitude }) => degrees(longitude),
  },
];

function degrees(value: number) {
  return (
    <data value={value} title={`${value}°`}>
      {value.toFixed(2)}°
    </data>
  );
}
