package org.maftia.server.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.maftia.server.ceremony.ServiceKey;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.LocalSuccession;
import org.maftia.server.succession.Known;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code maftia key roll}. */
@Command(
        name = "roll",
        description = {
            "Give a service a new key, while the group serves, and destroy the shares of the old one.",
            "",
            "The new key is dealt by a ceremony and certified by the same root, so that what the old one signed stays good.",
            "It comes with a next configuration of the same members, at whose first slot the old key stops, at all replicas",
            "alike; with it come new keys, certified alike, for all other services that have one, and new shares of the",
            "keys that go on.",
            "For a cluster that 'maftia up' made and runs. On several hosts: 'maftia reconfigure prepare' with an unchanged",
            "file, and the steps of docs/reconfiguration.md."
        },
        sortOptions = false)
final class KeyRollCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(paramLabel = "SERVICE", description = "The service whose key is rolled, or the key: notary, tsa.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String service;

    @Override
    public Integer call() throws Exception {
        LocalSuccession succession = LocalSuccession.of(LocalCluster.open(directory.existing()), System.err::println);
        ServiceKey old = succession.keys().stream()
                .filter(key ->
                        key.id().equals(service) || key.purpose().service().equals(service))
                .findFirst()
                .orElseThrow(() -> new CommandException(
                        "no service '" + service + "' has a key that is rolled",
                        "'maftia key list' shows them; keys without certificate are shared anew, not rolled"));
        Known next = succession.perform(succession.description());
        List<String> kept = succession.destroyOld();
        ServiceKey rolled = next.group().key(old.id());
        List<String> others = next.group().keys().stream()
                .map(ServiceKey::id)
                .filter(id -> !id.equals(rolled.id()))
                .toList();
        var json = Json.object()
                .put("id", rolled.id())
                .put("epoch", rolled.epoch())
                .put("configuration", next.number())
                .put("transcript", next.group().digest().toString());
        others.forEach(json.putArray("alsoNew")::add);
        kept.forEach(json.putArray("oldKeysKeptBy")::add);
        output.print(
                json,
                "key " + rolled.id() + " of " + rolled.purpose().service() + " is in epoch " + rolled.epoch()
                        + ", since the first slot of configuration " + next.number()
                        + (others.isEmpty() ? "" : "; new with it: " + String.join(", ", others)),
                kept.isEmpty()
                        ? "the shares of epoch " + old.epoch() + " are destroyed"
                        : "the old shares are still at " + String.join(", ", kept)
                                + ": 'maftia key destroy ID' destroys them when those have followed");
        return 0;
    }
}
