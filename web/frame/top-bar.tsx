import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { useSession } from '../session/session-provider.tsx';
import { TimeRangePicker } from './time-range-picker.tsx';

export function TopBar() {
  const { person, signOut } = useSession();
  return (
    <header className="top-bar">
      <TimeRangePicker />
      <span className="spacer" />
      <MenuTrigger>
        <AriaButton className="button button-quiet" aria-label={`Account of ${person.email}`}>
          <bdi className="clip">{person.email}</bdi>
        </AriaButton>
        <Popover className="popover">
          <Menu className="menu" onAction={key => key === 'sign-out' && signOut()}>
            <MenuItem id="sign-out" className="menu-item">
              Sign out
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
    </header>
  );
}
