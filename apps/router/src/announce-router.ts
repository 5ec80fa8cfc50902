import { routerAnnounced } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import type { LiveRouters } from './live-routers.js';

const beatMs = 1_000;

/**
 * Tells the other routers once a second that this one is there, and hears them. A newcomer is answered at once, so
 * that it knows the others before it is given anything to decide. Returns what ends it and says goodbye.
 */
export async function announceRouter(bus: Bus, routers: LiveRouters): Promise<() => Promise<void>> {
  const announce = (): void => {
    bus.broadcast(routerAnnounced, { routerId: routers.ownId });
  };
  const intake = bus.listen(routerAnnounced, ({ routerId, isLeaving = false }) => {
    if (isLeaving) routers.forget(routerId);
    else if (routers.hear(routerId)) announce();
  });
  const stopStatus = bus.onStatus((status) => {
    if (status !== 'reconnected') return;
    routers.listenAnew();
    announce();
  });
  await bus.flush();
  announce();
  const timer = setInterval(() => {
    // Without the broker nobody is heard and nothing is asked: whoever was there still counts.
    if (!bus.isConnected()) return;
    routers.beat();
    announce();
  }, beatMs);
  return async () => {
    clearInterval(timer);
    stopStatus();
    await intake.stop();
    bus.broadcast(routerAnnounced, { routerId: routers.ownId, isLeaving: true });
  };
}
