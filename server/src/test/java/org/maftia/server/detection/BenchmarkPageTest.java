package org.maftia.server.detection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.benchmark.LabelledNetwork;

/** The benchmark's report on networks small enough to count by hand. */
class BenchmarkPageTest {
    private static final long HOUR_MICROS = 3_600_000_000L;

    /** Two alarms an hour for four days; on the third day one of them is an attack. */
    private static LabelledNetwork network(String name) {
        List<Alarm> alarms = new ArrayList<>();
        for (int hour = 0; hour < 96; hour++) {
            for (int i = 0; i < 2; i++) {
                alarms.add(new Alarm.Builder()
                        .time(hour * HOUR_MICROS + i)
                        .sensor("s")
                        .type("t")
                        .host("h")
                        .label(hour == 60 && i == 1 ? "step" : Alarm.HARMLESS)
                        .build());
            }
        }
        return new LabelledNetwork(name, Hierarchies.ofNothing(), alarms, 2);
    }

    @Test
    void figuresAreThoseOfTheAlarms() {
        BenchmarkReport report = BenchmarkReport.of(List.of(network("a"), network("b")), 200, 0, step -> {});
        assertThat(report.lines().stream().map(line -> line.replaceAll(" +", " ")))
                .contains("every cluster a filter 100.0 %; 1; 1/1 100.0 %; 1; 1/1 100.0 %; 2; 2/2")
                .contains("reviewed + guard + canary 0.0 %; 0; 0/1 0.0 %; 0; 0/1 0.0 %; 0; 0/2");
        assertThat(report.tunings()).isEmpty();
    }

    /** A file's name is no part of the page's language, and the page asks nobody for anything. */
    @Test
    void thePageStandsAlone() {
        BenchmarkReport report = BenchmarkReport.of(List.of(network("<script>a"), network("b")), 200, 0, step -> {});
        String page = BenchmarkPage.of(report);
        assertThat(page).contains("&lt;script&gt;a").doesNotContain("<script");
        assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http", "src=", "@import", "url(");
        assertThat(page).contains("<svg").endsWith("</html>\n");
    }
}
