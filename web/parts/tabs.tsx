import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';

export interface TabsProps {
  label: string;
  tabs: readonly { id: string; title: string }[];
  chosen: string;
  onChoose(id: string): void;
}

/** Tabs: one of a few views of the same page. */
export function Tabs({ label, tabs, chosen, onChoose }: TabsProps) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      className="tabs"
      disallowEmptySelection
      selectedKeys={[chosen]}
      onSelectionChange={([id]) => id !== undefined && onChoose(String(id))}
    >
      {tabs.map(({ id, title }) => (
        <ToggleButton key={id} id={id} className="button button-toggle">
          {title}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
