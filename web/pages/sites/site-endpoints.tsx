import { useState } from 'react';
import { useCurrency, useMay } from '../../data/me.ts';
import { useChange } from '../../data/use-change.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmDialog } from '../../parts/dialog.tsx';
import { Money } from '../../parts/figures.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { Status } from '../../parts/status.tsx';
import { EndpointForm } from './endpoint-form.tsx';
import { type InterfaceType, interfaceTypeWord } from './interface-types.ts';
import { REMOVE_ENDPOINT } from './operations.ts';

interface EndpointRow {
  id: string;
  address: string;
  interface_type: InterfaceType;
  cost_per_gb: number;
  reachable: boolean | null;
  updated_at: string;
}

export interface SiteEndpointsProps {
  site_id: string;
  endpoints: readonly EndpointRow[] | undefined;
  error: Error | null;
  onRetry(): void;
}

/** The WAN attachments of a site. */
export function SiteEndpoints({ site_id, endpoints, error, onRetry }: SiteEndpointsProps) {
  const may = useMay();
  const currency = useCurrency();
  const [adding, setAdding] = useState(false);
  const [changed, setChanged] = useState<string>();
  const [removed, setRemoved] = useState<string>();
  const action = may('addEndpoint') && <Button onPress={() => setAdding(true)}>Add an endpoint</Button>;
  return (
    <Panel title="Endpoints" actions={action} flush>
      <Loaded data={endpoints} error={error} onRetry={onRetry}>
        {rows =>
          rows.length === 0 ? (
            <Empty>This site has no endpoints yet. A path needs an endpoint at both ends.</Empty>
          ) : (
            <div className="table-scroll">
              <table className="plain-table">
                <thead>
                  <tr>
                    <th>Endpoint</th>
                    <th>Type of link</th>
                    <th>Address</th>
                    <th className="number">Price a GB</th>
                    <th>Reachable</th>
                    <td />
                  </tr>
                </thead>
                <tbody>
                  {rows.map(({ id, address, interface_type, cost_per_gb, reachable }) => (
                    <tr key={id}>
                      <td>
                        <bdi>{id}</bdi>
                      </td>
                      <td>{interfaceTypeWord(interface_type)}</td>
                      <td>
                        <bdi>{address}</bdi>
                      </td>
                      <td className="number">
                        <Money exact={cost_per_gb === 0 ? null : String(cost_per_gb)} currency={currency} />
                      </td>
                      <td>
                        <Reachable reachable={reachable} />
                      </td>
                      <td className="number">
                        {may('updateEndpoint') && (
                          <Button kind="quiet" aria-label={`Change ${id}`} onPress={() => setChanged(id)}>
                            Change…
                          </Button>
                        )}
                        {may('removeEndpoint') && (
                          <Button kind="quiet" aria-label={`Remove ${id}`} onPress={() => setRemoved(id)}>
                            Remove…
                          </Button>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
      {changed !== undefined && (
        <EndpointForm
          site_id={site_id}
          endpoint={endpoints?.find(({ id }) => id === changed)}
          onClose={() => setChanged(undefined)}
        />
      )}
      {adding && <EndpointForm site_id={site_id} onClose={() => setAdding(false)} />}
      {removed !== undefined && (
        <RemoveEndpoint site_id={site_id} endpoint_id={removed} onClose={() => setRemoved(undefined)} />
      )}
    </Panel>
  );
}

function Reachable({ reachable }: { reachable: boolean | null }) {
  if (reachable === null) return <Status kind="unknown">Not tested</Status>;
  return reachable ? <Status kind="good">Yes</Status> : <Status kind="bad">No</Status>;
}

interface RemoveEndpointProps {
  site_id: string;
  endpoint_id: string;
  onClose(): void;
}

function RemoveEndpoint({ site_id, endpoint_id, onClose }: RemoveEndpointProps) {
  const { run, isPending, error } = useChange(REMOVE_ENDPOINT, {
    done: ({ removeEndpoint: { message, audit_id, finished } }) => ({
      message,
      ...(finished && { audit_id }),
    }),
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={`Remove endpoint ${endpoint_id}`}
      confirm="Remove the endpoint"
      isPending={isPending}
      error={error}
      onConfirm={() => run({ site_id, endpoint_id })}
      onClose={onClose}
    >
      <p>This also removes every path that ends at it. You can undo this.</p>
    </ConfirmDialog>
  );
}
