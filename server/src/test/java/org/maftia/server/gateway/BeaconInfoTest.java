package org.maftia.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.maftia.core.wire.Digest;
import org.maftia.services.beacon.BeaconSchedule;

class BeaconInfoTest {
    /** What drand's network quicknet says of itself, and the hash by which its clients know it. */
    @Test
    void theHashIsTheOneThatClientsOfDrandCompute() {
        HexFormat hex = HexFormat.of();
        BeaconInfo quicknet = new BeaconInfo(
                hex.parseHex(
                        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d"
                                + "1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"),
                new BeaconSchedule(1_692_803_367, 3),
                Digest.of(hex.parseHex("f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e")),
                "quicknet");
        assertThat(quicknet.hash()).hasToString("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971");
    }
}
