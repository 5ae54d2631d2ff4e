import { ChevronLeft, ChevronRight } from 'lucide-react';
import {
  Button as AriaButton,
  Group,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  ToggleButton,
} from 'react-aria-components';
import { useAddress } from '../address/search.ts';
import {
  LIVE_RANGES,
  type LiveRange,
  RANGE_WORDS,
  stepRange,
  useTimeRange,
  writeRange,
} from '../address/time-range.ts';
import { Button } from '../parts/button.tsx';
import { time } from '../parts/format.ts';

/**
 * The page's time range, kept in the address: buttons to step back and forward, and a switch that
 * compares with the previous period.
 */
export function TimeRangePicker() {
  const range = useTimeRange();
  const [, setAddress] = useAddress();
  const { choice, from, to, compare } = range;
  const step = (direction: -1 | 1) => setAddress(writeRange(stepRange(choice, direction, Date.now())));
  const words = 'live' in choice ? RANGE_WORDS[choice.live] : `${time(from)} – ${time(to)}`;
  return (
    <Group className="time-range" aria-label="Time range">
      <Button square kind="quiet" aria-label="Previous range" onPress={() => step(-1)}>
        <ChevronLeft size={16} aria-hidden />
      </Button>
      <MenuTrigger>
        <AriaButton className="button">{words}</AriaButton>
        <Popover className="popover">
          <Menu
            className="menu"
            aria-label="Time range"
            onAction={key => setAddress(writeRange({ live: key as LiveRange }))}
          >
            {(Object.keys(LIVE_RANGES) as LiveRange[]).map(name => (
              <MenuItem key={name} id={name} className="menu-item">
                {RANGE_WORDS[name]}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
      <Button
        square
        kind="quiet"
        aria-label="Next range"
        isDisabled={'live' in choice}
        onPress={() => step(1)}
      >
        <ChevronRight size={16} aria-hidden />
      </Button>
      <ToggleButton
        className="button button-toggle"
        isSelected={compare}
        onChange={on => setAddress({ compare: on ? 'yes' : undefined })}
      >
        Compare
      </ToggleButton>
    </Group>
  );
}
