import { CircleUser } from 'lucide-react';
import {
  Button as AriaButton,
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
} from 'react-aria-components';
import { useGroups } from '../data/me.ts';
import { type Theme, useTheme } from '../parts/theme.ts';
import { useSession } from '../session/session-provider.tsx';
import { Palette } from './palette.tsx';
import { TimeRangePicker } from './time-range-picker.tsx';

const THEMES: Record<Theme, string> = {
  system: 'System theme',
  light: 'Light theme',
  dark: 'Dark theme',
};

export function TopBar() {
  const { person, signOut } = useSession();
  const groups = useGroups();
  const [theme, setTheme] = useTheme();
  return (
    <header className="top-bar">
      <TimeRangePicker />
      <span className="spacer" />
      <Palette />
      <MenuTrigger>
        <AriaButton className="button button-quiet" aria-label={`Account of ${person.email}`}>
          <CircleUser size={16} aria-hidden />
          <bdi className="clip wide-only">{person.email}</bdi>
        </AriaButton>
        <Popover className="popover">
          <Menu className="menu" onAction={key => key === 'sign-out' && signOut()}>
            <MenuSection
              aria-label="Theme"
              selectionMode="single"
              disallowEmptySelection
              selectedKeys={[theme]}
              onSelectionChange={keys => setTheme([...keys][0] as Theme)}
            >
              {(Object.keys(THEMES) as Theme[]).map(name => (
                <MenuItem key={name} id={name} className="menu-item">
                  {THEMES[name]}
                </MenuItem>
              ))}
            </MenuSection>
            <MenuSection>
              <Header className="menu-head muted">
                {groups ? `Group: ${groups.join(', ')}` : 'Groups not known'}
              </Header>
              <MenuItem id="sign-out" className="menu-item">
                Sign out
              </MenuItem>
            </MenuSection>
          </Menu>
        </Popover>
      </MenuTrigger>
    </header>
  );
}
