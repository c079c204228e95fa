package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.server.http.ReplicaStatus;

/** Of which roll call {@code maftia wormhole agree} speaks. */
class WormholeAgreeTest {
    private final SortedMap<String, ReplicaStatus.RollCall> told = new TreeMap<>();

    private void tells(String id, long at) {
        told.put(id, new ReplicaStatus.RollCall(at, "0.0", true, List.of(), List.of(), ""));
    }

    @Test
    @Attack("a replica tells of a roll call that never was")
    void aCallOfWhichMostTellIsNotHiddenByOneThatAReplicaMadeUp() {
        for (long invented : new long[] {1_000, 1_031, 9_000_000}) {
            tells("r1", 1_030);
            tells("r2", invented);
            tells("r3", 1_030);
            assertThat(WormholeAgreeCommand.together(told, 1_000)).containsOnlyKeys("r1", "r3");
        }
    }

    @Test
    void callsBeforeTheCommandDoNotCount() {
        tells("r1", 970);
        tells("r2", 970);
        tells("r3", 1_000);
        assertThat(WormholeAgreeCommand.together(told, 1_000)).containsOnlyKeys("r3");
        assertThat(WormholeAgreeCommand.together(told, 1_001)).isEmpty();
    }
}
