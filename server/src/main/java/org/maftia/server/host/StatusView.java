package org.maftia.server.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.maftia.core.keys.KeyStanding;
import org.maftia.core.replica.Configuration;
import org.maftia.core.replica.Outlook;
import org.maftia.core.replica.Status;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.server.component.ComponentReport;
import org.maftia.server.component.LocalComponent;
import org.maftia.server.component.RollCallReport;
import org.maftia.server.http.KeyState;
import org.maftia.server.http.ReplicaStatus;
import org.maftia.server.http.StatusSource;
import org.maftia.server.link.LinkStatus;
import org.maftia.server.runtime.ReplicaRuntime;
import org.maftia.server.runtime.RuntimeStatus;
import org.maftia.server.succession.Keyring;
import org.maftia.server.succession.Known;

/** The status of the runtime in the names of the present configuration. */
record StatusView(
        String group,
        Keyring keyring,
        HostMembership membership,
        ReplicaRuntime runtime,
        Optional<LocalComponent> component)
        implements StatusSource {
    @Override
    public ReplicaStatus status() throws TimeoutException, InterruptedException {
        HostMembership.View view = runtime.ask(membership::view);
        return of(view, runtime.status());
    }

    private ReplicaStatus of(HostMembership.View view, RuntimeStatus runtimeStatus) {
        Status replica = view.status();
        Configuration present = view.present();
        int self = present.indexOf(keyring.seat());
        ReplicaSet linked = self < 0 ? ReplicaSet.EMPTY : ReplicaSet.of(self);
        for (LinkStatus link : runtimeStatus.links()) {
            int index = present.indexOf(link.peer());
            linked = link.up() && index >= 0 ? linked.with(index) : linked;
        }
        List<ReplicaStatus.Peer> peers = new ArrayList<>();
        for (int i = 0; i < present.seats().size(); i++) {
            var member = present.seats().get(i).member();
            peers.add(new ReplicaStatus.Peer(member.id(), member.attributes(), linked.contains(i)));
        }
        List<ReplicaStatus.Blame> blames = runtimeStatus.blames().stream()
                .map(blame -> new ReplicaStatus.Blame(membership.name(blame.replica()), blame.rule(), blame.count()))
                .toList();
        Optional<Known> known = keyring.of(present.digest());
        boolean quorum = known.isPresent() && known.get().trust().isQuorum(linked);
        return new ReplicaStatus(
                group,
                keyring.id(),
                replica.epoch(),
                view.member() ? peers.get(replica.leader()).id() : "",
                replica.decided(),
                replica.executed(),
                replica.lag(),
                replica.abstaining(),
                replica.fetching(),
                view.member() && quorum && !replica.abstaining() && !replica.fetching(),
                standing(view),
                peers,
                blames,
                replica.excluded().stream()
                        .map(one -> new ReplicaStatus.Exclusion(
                                peers.get(one.replica()).id(), ids(present, one.by()), one.slot()))
                        .toList(),
                replica.keys().stream().map(key -> state(present, key)).toList(),
                component.map(own -> component(own, replica)),
                runtimeStatus.counters());
    }

    private ReplicaStatus.Component component(LocalComponent own, Status replica) {
        ComponentReport report = own.report();
        return new ReplicaStatus.Component(
                report.epoch(),
                report.backEnd(),
                report.timely(),
                report.caveats(),
                replica.trustedView()
                        .map(view -> new ReplicaStatus.InView(Status.InView.name(view.number()), view.present())),
                own.lastRollCall().map(this::rollCall));
    }

    private ReplicaStatus.RollCall rollCall(RollCallReport call) {
        return new ReplicaStatus.RollCall(
                TimeUnit.MICROSECONDS.toSeconds(call.startMicros()),
                Status.InView.name(call.view()),
                call.decided(),
                call.present().stream().map(membership::name).toList(),
                call.heard().stream().map(membership::name).toList(),
                call.certificate());
    }

    private static KeyState state(Configuration present, KeyStanding key) {
        return new KeyState(
                key.keyId(),
                key.epoch(),
                key.key().map(own -> HexFormat.of().formatHex(own.publicKey())).orElse(""),
                TimeUnit.MICROSECONDS.toSeconds(key.sinceMicros()),
                key.attempts(),
                key.open()
                        .map(open -> new KeyState.Open(
                                open.attempt(),
                                ids(present, open.enrolled()),
                                ids(present, open.dealers()),
                                ids(present, open.safe()))),
                key.last()
                        .map(ended -> new KeyState.Ended(
                                ended.attempt(),
                                ended.made(),
                                ids(present, ended.enrolled()),
                                ids(present, ended.refuted()),
                                ids(present, ended.safe()))));
    }

    private static List<String> ids(Configuration present, ReplicaSet members) {
        return ids(present, members.toList());
    }

    private static List<String> ids(Configuration present, List<Integer> members) {
        return members.stream()
                .map(index -> present.seats().get(index).member().id())
                .toList();
    }

    private ReplicaStatus.Standing standing(HostMembership.View view) {
        Configuration present = view.present();
        Outlook outlook = view.outlook();
        Configuration next = outlook.next();
        List<String> ready = new ArrayList<>();
        if (next != null) {
            outlook.ready()
                    .forEach(index -> ready.add(next.seats().get(index).member().id()));
        }
        return new ReplicaStatus.Standing(
                present.number(),
                present.digest().toString(),
                view.member(),
                next == null ? "" : next.digest().toString(),
                ready,
                outlook.last(),
                keyring.own().stream()
                        .filter(known -> known.number() > present.number())
                        .map(known -> known.configuration().digest().toString())
                        .toList(),
                keyring.retired(view.retiredBelow()).stream()
                        .map(Path::toString)
                        .toList());
    }
}
