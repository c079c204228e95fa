package org.maftia.server.detection;

import java.util.List;
import java.util.Locale;
import org.maftia.services.detection.benchmark.NetworkBenchmark;
import org.maftia.services.detection.benchmark.Outcome;
import org.maftia.services.detection.benchmark.Tuning;

/** The charts of the benchmark's page, as SVG. Colours come from the page. */
final class BenchmarkChart {
    private static final int WIDTH = 980;
    private static final int BARS_LEFT = 230;
    private static final int BARS_WIDTH = 560;
    private static final int BAR_HEIGHT = 26;
    private static final int BAR_STEP = 44;

    private static final int PLOT_LEFT = 74;
    private static final int PLOT_TOP = 18;
    private static final int PLOT_WIDTH = 680;
    private static final int PLOT_HEIGHT = 320;

    private BenchmarkChart() {}

    /** One bar for each policy. */
    static String bars(List<Outcome> outcomes) {
        int height = outcomes.size() * BAR_STEP + 34;
        StringBuilder svg = open(height, "Share of harmless alarms removed by each policy");
        for (int percent = 0; percent <= 100; percent += 25) {
            int x = BARS_LEFT + BARS_WIDTH * percent / 100;
            line(x, 4, x, height - 26, svg);
            text(x, height - 8, "middle", "soft", percent + " %", svg);
        }
        for (int i = 0; i < outcomes.size(); i++) {
            Outcome outcome = outcomes.get(i);
            int y = 10 + i * BAR_STEP;
            long width = outcome.others() == 0 ? 0 : BARS_WIDTH * outcome.removed() / outcome.others();
            text(BARS_LEFT - 12, y + 18, "end", "", outcome.policy(), svg);
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\" fill=\"var(--good)\"/>",
                    BARS_LEFT,
                    y,
                    width,
                    BAR_HEIGHT));
            String share = BenchmarkReport.percent(outcome.removed(), outcome.others());
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" style=\"fill:var(--card);font-weight:600\">%s</text>",
                    BARS_LEFT + width - 10,
                    y + 18,
                    share));
            badge(
                    BARS_LEFT + BARS_WIDTH + 22,
                    y,
                    BenchmarkReport.grouped(outcome.lost()) + " lost",
                    outcome.lost(),
                    svg);
        }
        return svg.append("</svg>").toString();
    }

    private static void badge(int x, int y, String text, long lost, StringBuilder svg) {
        svg.append(String.format(
                Locale.ROOT,
                "<circle cx=\"%d\" cy=\"%d\" r=\"5\" fill=\"var(--%s)\"/>",
                x,
                y + 13,
                lost == 0 ? "good" : "bad"));
        text(x + 13, y + 18, "start", "num", text, svg);
    }

    /** Removed against lost, which has a scale of powers of ten. */
    static String tradeOff(BenchmarkReport report) {
        StringBuilder svg = open(PLOT_TOP + PLOT_HEIGHT + 52, "Harmless alarms removed against attack alarms lost");
        String[] powers = {"0", "1", "10", "100", "1,000", "10,000", "100,000", "1,000,000"};
        for (int i = 0; i < powers.length; i++) {
            int y = PLOT_TOP + PLOT_HEIGHT - PLOT_HEIGHT * i / (powers.length - 1);
            line(PLOT_LEFT, y, PLOT_LEFT + PLOT_WIDTH, y, svg);
            text(PLOT_LEFT - 10, y + 4, "end", "soft", powers[i], svg);
        }
        for (int percent = 0; percent <= 100; percent += 20) {
            text(x(percent * 100L), PLOT_TOP + PLOT_HEIGHT + 22, "middle", "soft", percent + " %", svg);
        }
        int middle = PLOT_LEFT + PLOT_WIDTH / 2;
        text(middle, PLOT_TOP + PLOT_HEIGHT + 44, "middle", "soft", "harmless alarms removed", svg);
        text(PLOT_LEFT + 8, PLOT_TOP + 16, "start", "soft", "attack alarms lost", svg);
        NetworkBenchmark.sum(report.pinned()).forEach(each -> point(each, "good", "one type each", svg));
        for (BenchmarkReport.Classic classic : report.classics()) {
            NetworkBenchmark.sum(classic.networks())
                    .forEach(each -> point(each, "bad", "classic " + classic.size(), svg));
        }
        for (Tuning tuning : report.tunings()) {
            point(NetworkBenchmark.sum(tuning.reported()).getFirst(), "ink", "tuned elsewhere", svg);
        }
        int legend = PLOT_LEFT + PLOT_WIDTH + 34;
        String[][] kinds = {{"good", "one type each"}, {"bad", "classic, types generalised"}, {"ink", "tuned elsewhere"}
        };
        for (int i = 0; i < kinds.length; i++) {
            dot(legend, PLOT_TOP + 14 + 26 * i, kinds[i][0], kinds[i][1], svg);
            text(legend + 14, PLOT_TOP + 18 + 26 * i, "start", "", kinds[i][1], svg);
        }
        return svg.append("</svg>").toString();
    }

    private static void point(Outcome outcome, String colour, String kind, StringBuilder svg) {
        String title = kind + ", " + outcome.policy() + ": " + BenchmarkReport.figures(outcome) + " steps silenced";
        dot(x(outcome.removedBasisPoints()), y(outcome.lost()), colour, title, svg);
    }

    private static void dot(int x, int y, String colour, String title, StringBuilder svg) {
        svg.append(String.format(
                Locale.ROOT,
                "<circle cx=\"%d\" cy=\"%d\" r=\"7\" fill=\"var(--%s)\" fill-opacity=\".75\" stroke=\"var(--card)\">"
                        + "<title>%s</title></circle>",
                x,
                y,
                colour,
                BenchmarkPage.escape(title)));
    }

    private static int x(long basisPoints) {
        return (int) (PLOT_LEFT + PLOT_WIDTH * basisPoints / 10_000);
    }

    /** 0 at the bottom, 1 a step above, each power of ten one more. */
    private static int y(long lost) {
        double steps = lost == 0 ? 0 : 1 + Math.log10((double) lost);
        return (int) Math.round(PLOT_TOP + PLOT_HEIGHT - PLOT_HEIGHT * Math.min(steps, 7) / 7);
    }

    private static StringBuilder open(int height, String label) {
        return new StringBuilder(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\" xmlns=\"http://www.w3.org/2000/svg\">",
                WIDTH,
                height,
                label));
    }

    private static void line(int x1, int y1, int x2, int y2, StringBuilder svg) {
        svg.append(String.format(
                Locale.ROOT, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"var(--line)\"/>", x1, y1, x2, y2));
    }

    private static void text(int x, int y, String anchor, String kind, String text, StringBuilder svg) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" class=\"%s\">%s</text>",
                x,
                y,
                anchor,
                kind,
                BenchmarkPage.escape(text)));
    }
}
