package org.maftia.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.maftia.core.trust.ReplicaSet;

/** All links of a group, and what holds them up. */
final class Network {
    /** A production link bounds what it keeps for a peer that does not read, and starts anew beyond. */
    private static final int FRAMES_MAX = 1024;

    /** What is held up on purpose must arrive some day, so there is room for a minute of talk. */
    private static final int DELAYED_FRAMES_MAX = 100 * FRAMES_MAX;

    private static final int OUTAGE_STEPS_MAX = 2_000;

    private final Link[][] links;
    private final List<Session> sessions = new ArrayList<>();
    private final List<Outage> outages = new ArrayList<>();
    private final boolean lossy;

    /** Whether anything was ever delayed. */
    private boolean delaying;

    /** Links that stand still until a step. */
    private record Outage(long untilStep, List<Link> links) {}

    Network(int replicas, boolean lossy, Draw draw, Consumer<Link> deliver, Consumer<Session> connect) {
        this.lossy = lossy;
        links = new Link[replicas][replicas];
        for (int a = 0; a < replicas; a++) {
            for (int b = 0; b < replicas; b++) {
                links[a][b] = new Link(a, b, draw.below(1 << 30), deliver);
            }
        }
        for (int a = 0; a < replicas; a++) {
            for (int b = a + 1; b < replicas; b++) {
                Session session = new Session(links[a][b], links[b][a], draw.below(1 << 30), connect);
                session.open(!lossy);
                sessions.add(session);
            }
        }
    }

    List<Action> actions() {
        List<Action> actions = new ArrayList<>();
        for (Session session : sessions) {
            actions.add(session);
            actions.add(session.there);
            actions.add(session.back);
        }
        return actions;
    }

    /**
     * @param dueMicros the frame does not arrive before
     * @param mark how far the sender's disk has come
     */
    void send(int from, int to, byte[] frame, long step, long dueMicros, long mark) {
        Link link = links[from][to];
        if (from == to) {
            return;
        }
        link.send(frame, step, dueMicros, mark);
        delaying |= dueMicros > 0;
        if (lossy && link.length() > (delaying ? DELAYED_FRAMES_MAX : FRAMES_MAX)) {
            session(from, to).cut();
        }
    }

    private Session session(int a, int b) {
        return sessions.stream()
                .filter(session -> session.touches(a) && session.touches(b))
                .findFirst()
                .orElseThrow();
    }

    /** The replica is up, or has gone and its sessions with it. */
    void up(int replica, boolean up) {
        for (Link[] row : links) {
            row[replica].receiverUp = up;
        }
        if (!up) {
            sessions.stream().filter(session -> session.touches(replica)).forEach(Session::cut);
        }
    }

    void cutOne(Draw draw) {
        draw.of(sessions).cut();
    }

    /** Holds up one link for a while. */
    void clog(Draw draw, long step) {
        int from = draw.below(links.length);
        int to = (from + 1 + draw.below(links.length - 1)) % links.length;
        hold(List.of(links[from][to]), draw, step);
    }

    /** Splits the group: in two halves, or on some links only; in one direction, or in both. */
    void partition(Draw draw, long step) {
        ReplicaSet half = new ReplicaSet(draw.bits());
        boolean oneWay = draw.below(3) == 0;
        boolean partial = draw.below(3) == 0;
        List<Link> held = new ArrayList<>();
        for (Session session : sessions) {
            boolean crosses = half.contains(session.there.from()) != half.contains(session.there.to());
            if (partial ? draw.below(2) == 0 : crosses) {
                boolean outward = half.contains(session.there.from());
                if (!oneWay || outward) {
                    held.add(session.there);
                }
                if (!oneWay || !outward) {
                    held.add(session.back);
                }
            }
        }
        hold(held, draw, step);
    }

    private void hold(List<Link> held, Draw draw, long step) {
        held.forEach(Link::block);
        outages.add(new Outage(step + draw.magnitude(4, OUTAGE_STEPS_MAX), held));
    }

    /** Ends the outages whose time has come, and lets go of what was delayed until now. */
    void refresh(long step, long nowMicros) {
        if (delaying) {
            for (Link[] row : links) {
                for (Link link : row) {
                    link.nowMicros = nowMicros;
                }
            }
        }
        for (int i = outages.size() - 1; i >= 0; i--) {
            if (outages.get(i).untilStep <= step) {
                outages.remove(i).links.forEach(Link::unblock);
            }
        }
    }

    /** When the next of the delayed frames may arrive. */
    long nextMicros() {
        long next = Long.MAX_VALUE;
        if (!delaying) {
            return next;
        }
        for (Link[] row : links) {
            for (Link link : row) {
                next = Math.min(next, link.nextMicros());
            }
        }
        return next;
    }

    /** All outages end, and none begins. */
    void heal() {
        outages.clear();
        for (Link[] row : links) {
            for (Link link : row) {
                link.unblockWhole();
            }
        }
    }
}
