package org.maftia.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a replica says of itself and of its peers. Only as true as the replica: a reader compares several.
 *
 * @param group its name
 * @param id of the replica
 * @param epoch the current epoch
 * @param leader id of its leader
 * @param decided the last slot decided without a gap
 * @param executed the last slot executed
 * @param lag slots that a kernel of peers is ahead
 * @param abstaining whether it casts no vote, having lost its journal
 * @param fetching whether it fetches the state from others
 * @param ready whether it takes part: a quorum, itself included, is linked, and it lacks no state
 * @param standing where it is among the configurations of its group
 * @param peers all replicas of the group, itself included, in index order
 * @param blames what it has seen peers do
 * @param excluded those of whose trusted components nothing counts, as the log says
 * @param keys those that the group makes and renews by itself
 * @param component the trusted component beside it; empty where its group has none
 * @param counters figures of the runtime by name, for metrics; most only grow
 */
public record ReplicaStatus(
        String group,
        String id,
        long epoch,
        String leader,
        long decided,
        long executed,
        long lag,
        boolean abstaining,
        boolean fetching,
        boolean ready,
        Standing standing,
        List<Peer> peers,
        List<Blame> blames,
        List<Exclusion> excluded,
        List<KeyState> keys,
        Optional<Component> component,
        SortedMap<String, Long> counters) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public ReplicaStatus {
        peers = List.copyOf(peers);
        blames = List.copyOf(blames);
        excluded = List.copyOf(excluded);
        keys = List.copyOf(keys);
        counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
    }

    /** Of a replica in a group that keeps its configuration and its keys. */
    public ReplicaStatus(
            String group,
            String id,
            long epoch,
            String leader,
            long decided,
            long executed,
            long lag,
            boolean abstaining,
            boolean fetching,
            boolean ready,
            List<Peer> peers,
            List<Blame> blames,
            SortedMap<String, Long> counters) {
        this(
                group,
                id,
                epoch,
                leader,
                decided,
                executed,
                lag,
                abstaining,
                fetching,
                ready,
                Standing.FIRST,
                peers,
                blames,
                List.of(),
                List.of(),
                Optional.empty(),
                counters);
    }

    /**
     * The trusted component beside a replica, as it says of itself.
     *
     * @param epoch in which it works
     * @param backEnd what it is made of
     * @param timely whether it keeps bounds of time, and stops rather than miss one
     * @param caveats for each promise that it does not make: a sentence why
     * @param view the trusted view in which it works; empty where it is in none
     * @param rollCall the last one in which it took part; empty before the first
     */
    public record Component(
            long epoch,
            String backEnd,
            boolean timely,
            List<String> caveats,
            Optional<InView> view,
            Optional<RollCall> rollCall) {
        public Component {
            caveats = List.copyOf(caveats);
        }

        public ObjectNode json() {
            ObjectNode node = JSON.createObjectNode().put("epoch", epoch).put("backEnd", backEnd);
            node.put("timely", timely);
            caveats.forEach(node.putArray("caveats")::add);
            view.ifPresent(in -> node.putObject("view").put("number", in.number).put("present", in.present));
            rollCall.ifPresent(call -> node.set("rollCall", call.json()));
            return node;
        }

        private static Component parse(JsonNode node) {
            return new Component(
                    node.required("epoch").asLong(),
                    node.required("backEnd").asText(),
                    node.required("timely").asBoolean(),
                    KeyState.texts(node.required("caveats")),
                    Optional.ofNullable(node.get("view"))
                            .map(in -> new InView(
                                    in.required("number").asText(),
                                    in.required("present").asBoolean())),
                    Optional.ofNullable(node.get("rollCall")).map(RollCall::parse));
        }
    }

    /**
     * A trusted view.
     *
     * @param number the configuration's, a point, and that of the era
     * @param present whether it is the one that the log names
     */
    public record InView(String number, boolean present) {}

    /**
     * How a roll call of trusted components ended.
     *
     * @param at when it began, in seconds since 1970
     * @param view the trusted view in which they agreed
     * @param decided whether a quorum of them proposed one view
     * @param present ids of those whose components proposed it
     * @param heard ids of those whose components proposed anything
     * @param certificate of the outcome, by the component beside this replica, in hex; empty: nothing came out in time
     */
    public record RollCall(
            long at, String view, boolean decided, List<String> present, List<String> heard, String certificate) {
        public RollCall {
            present = List.copyOf(present);
            heard = List.copyOf(heard);
        }

        private ObjectNode json() {
            ObjectNode node = JSON.createObjectNode().put("at", at).put("view", view);
            node.put("decided", decided);
            present.forEach(node.putArray("present")::add);
            heard.forEach(node.putArray("heard")::add);
            return node.put("certificate", certificate);
        }

        private static RollCall parse(JsonNode node) {
            return new RollCall(
                    node.required("at").asLong(),
                    node.required("view").asText(),
                    node.required("decided").asBoolean(),
                    KeyState.texts(node.required("present")),
                    KeyState.texts(node.required("heard")),
                    node.required("certificate").asText());
        }
    }

    /**
     * The present configuration of a group and the next.
     *
     * @param number of the present one, as far as this replica knows
     * @param digest of it, in hex
     * @param member whether this replica takes part in it
     * @param next digest of the one that officers want, in hex; empty: none
     * @param ready ids of its members that are ready for it, as the log says
     * @param last the last slot of the present one; 0 while it is not settled
     * @param installed digests of later ones for which this replica has keys
     * @param retired directories with keys that can be destroyed
     */
    public record Standing(
            long number,
            String digest,
            boolean member,
            String next,
            List<String> ready,
            long last,
            List<String> installed,
            List<String> retired) {
        /** Of a group that keeps its configuration. */
        public static final Standing FIRST = new Standing(0, "", true, "", List.of(), 0, List.of(), List.of());

        public Standing {
            ready = List.copyOf(ready);
            installed = List.copyOf(installed);
            retired = List.copyOf(retired);
        }

        public ObjectNode json() {
            ObjectNode node = JSON.createObjectNode().put("number", number).put("digest", digest);
            node.put("member", member).put("next", next);
            ready.forEach(node.putArray("ready")::add);
            node.put("last", last);
            installed.forEach(node.putArray("installed")::add);
            retired.forEach(node.putArray("retired")::add);
            return node;
        }

        private static Standing parse(JsonNode node) {
            return new Standing(
                    node.required("number").asLong(),
                    node.required("digest").asText(),
                    node.required("member").asBoolean(),
                    node.required("next").asText(),
                    KeyState.texts(node.required("ready")),
                    node.required("last").asLong(),
                    KeyState.texts(node.required("installed")),
                    KeyState.texts(node.required("retired")));
        }
    }

    /**
     * A replica of the group.
     *
     * @param linked whether the link to it is up; true for the replica itself
     */
    public record Peer(String id, SortedMap<String, String> attributes, boolean linked) {
        public Peer {
            attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
        }
    }

    /**
     * A rule that a peer broke.
     *
     * @param replica its id
     * @param rule a constant sentence
     * @param count how often since this replica started
     */
    public record Blame(String replica, String rule, long count) {}

    /**
     * A replica that the log has excluded.
     *
     * @param replica its id
     * @param by ids of those who have proof that it is corrupt
     * @param since the slot above which nothing that its component certifies counts
     */
    public record Exclusion(String replica, List<String> by, long since) {
        public Exclusion {
            by = List.copyOf(by);
        }

        private static Exclusion parse(JsonNode node) {
            return new Exclusion(
                    node.required("replica").asText(),
                    KeyState.texts(node.required("by")),
                    node.required("since").asLong());
        }
    }

    /** {@code leader} or {@code follower}. */
    public String role() {
        return leader.equals(id) ? "leader" : "follower";
    }

    public String json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("group", group).put("id", id).put("role", role());
        root.put("epoch", epoch).put("leader", leader);
        root.put("decided", decided).put("executed", executed).put("lag", lag);
        root.put("abstaining", abstaining).put("fetching", fetching).put("ready", ready);
        root.set("configuration", standing.json());
        ArrayNode peerList = root.putArray("peers");
        for (Peer peer : peers) {
            ObjectNode node = peerList.addObject().put("id", peer.id).put("linked", peer.linked);
            ObjectNode attributes = node.putObject("attributes");
            peer.attributes.forEach(attributes::put);
        }
        ArrayNode blameList = root.putArray("blame");
        for (Blame blame : blames) {
            blameList
                    .addObject()
                    .put("replica", blame.replica)
                    .put("rule", blame.rule)
                    .put("count", blame.count);
        }
        ArrayNode excludedList = root.putArray("excluded");
        for (Exclusion one : excluded) {
            ObjectNode node = excludedList.addObject().put("replica", one.replica);
            one.by.forEach(node.putArray("by")::add);
            node.put("since", one.since);
        }
        ArrayNode keyList = root.putArray("keys");
        keys.forEach(key -> key.write(keyList));
        component.ifPresent(own -> root.set("component", own.json()));
        ObjectNode counts = root.putObject("counters");
        counters.forEach(counts::put);
        return root.toString();
    }

    /** Reads what {@link #json} gave; the text comes from a replica, which need not be correct. */
    public static ReplicaStatus parse(String json) throws IOException {
        try {
            JsonNode root = JSON.readTree(json);
            List<Peer> peers = new ArrayList<>();
            for (JsonNode node : root.required("peers")) {
                SortedMap<String, String> attributes = new TreeMap<>();
                for (Map.Entry<String, JsonNode> entry :
                        node.required("attributes").properties()) {
                    attributes.put(entry.getKey(), entry.getValue().asText());
                }
                peers.add(new Peer(
                        node.required("id").asText(),
                        attributes,
                        node.required("linked").asBoolean()));
            }
            List<Blame> blames = new ArrayList<>();
            for (JsonNode node : root.required("blame")) {
                blames.add(new Blame(
                        node.required("replica").asText(),
                        node.required("rule").asText(),
                        node.required("count").asLong()));
            }
            List<Exclusion> excluded = new ArrayList<>();
            root.required("excluded").forEach(one -> excluded.add(Exclusion.parse(one)));
            List<KeyState> keys = new ArrayList<>();
            root.required("keys").forEach(key -> keys.add(KeyState.parse(key)));
            SortedMap<String, Long> counters = new TreeMap<>();
            for (Map.Entry<String, JsonNode> entry : root.required("counters").properties()) {
                counters.put(entry.getKey(), entry.getValue().asLong());
            }
            return new ReplicaStatus(
                    root.required("group").asText(),
                    root.required("id").asText(),
                    root.required("epoch").asLong(),
                    root.required("leader").asText(),
                    root.required("decided").asLong(),
                    root.required("executed").asLong(),
                    root.required("lag").asLong(),
                    root.required("abstaining").asBoolean(),
                    root.required("fetching").asBoolean(),
                    root.required("ready").asBoolean(),
                    Standing.parse(root.required("configuration")),
                    peers,
                    blames,
                    excluded,
                    keys,
                    Optional.ofNullable(root.get("component")).map(Component::parse),
                    counters);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IOException("not the status of a replica: " + e.getMessage(), e);
        }
    }
}
