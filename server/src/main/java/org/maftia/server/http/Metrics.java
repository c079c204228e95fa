package org.maftia.server.http;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.TreeMap;

/** The status of a replica in the text format of Prometheus. */
final class Metrics {
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private Metrics() {}

    static byte[] text(ReplicaStatus status) throws IOException {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        all.metricSnapshot(gauge("maftia_epoch", "Current epoch of the ordering.", status.epoch()));
        all.metricSnapshot(gauge("maftia_decided", "Last slot decided without a gap.", status.decided()));
        all.metricSnapshot(gauge("maftia_executed", "Last slot executed.", status.executed()));
        all.metricSnapshot(gauge("maftia_lag", "Slots that a kernel of peers is ahead.", status.lag()));
        all.metricSnapshot(gauge(
                "maftia_leader",
                "1 at the leader of the epoch.",
                number(status.role().equals("leader"))));
        all.metricSnapshot(gauge("maftia_ready", "1 while this replica takes part.", number(status.ready())));
        all.metricSnapshot(gauge("maftia_abstaining", "1 while it casts no vote.", number(status.abstaining())));
        all.metricSnapshot(links(status));
        all.metricSnapshot(blames(status));
        new TreeMap<>(status.counters())
                .forEach((name, value) -> all.metricSnapshot(UnknownSnapshot.builder()
                        .name("maftia_" + snakeCase(name))
                        .help("Of the runtime: " + name + ".")
                        .dataPoint(
                                UnknownDataPointSnapshot.builder().value(value).build())
                        .build()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(out, all.build());
        return out.toByteArray();
    }

    private static GaugeSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
                .build();
    }

    private static GaugeSnapshot links(ReplicaStatus status) {
        GaugeSnapshot.Builder links =
                GaugeSnapshot.builder().name("maftia_link_up").help("1 while the link to the peer is up.");
        for (ReplicaStatus.Peer peer : status.peers()) {
            if (!peer.id().equals(status.id())) {
                links.dataPoint(GaugeDataPointSnapshot.builder()
                        .labels(Labels.of("peer", peer.id()))
                        .value(number(peer.linked()))
                        .build());
            }
        }
        return links.build();
    }

    private static CounterSnapshot blames(ReplicaStatus status) {
        CounterSnapshot.Builder blames =
                CounterSnapshot.builder().name("maftia_blames").help("Rules that peers broke.");
        for (ReplicaStatus.Blame blame : status.blames()) {
            blames.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(Labels.of("replica", blame.replica(), "rule", blame.rule()))
                    .value(blame.count())
                    .build());
        }
        return blames.build();
    }

    private static double number(boolean flag) {
        return flag ? 1 : 0;
    }

    private static String snakeCase(String name) {
        StringBuilder out = new StringBuilder();
        for (char c : name.toCharArray()) {
            if (c >= 'A' && c <= 'Z') {
                out.append('_').append((char) (c - 'A' + 'a'));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
