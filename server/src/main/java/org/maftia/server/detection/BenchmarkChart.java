package org.maftia.server.detection;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.maftia.services.detection.benchmark.NetworkBenchmark;
import org.maftia.services.detection.benchmark.Outcome;
import org.maftia.services.detection.benchmark.Tuning;

/** The charts of the benchmark's page, as SVG. Colours come from the page. */
final class BenchmarkChart {
    private static final int BAR_HEIGHT = 26;
    private static final int PLOT_TOP = 18;
    private static final int POWER_MIN = 3;

    /** Where things stand: on a screen, and on a telephone, where words stand above bars and below plots. */
    enum Frame {
        WIDE("wide", 980, 230, 560, 44, 86, 668, 320),
        NARROW("narrow", 360, 8, 344, 62, 84, 252, 260);

        private final String id;
        private final int width;
        private final int barsLeft;
        private final int barsWidth;
        private final int barStep;
        private final int plotLeft;
        private final int plotWidth;
        private final int plotHeight;

        Frame(
                String id,
                int width,
                int barsLeft,
                int barsWidth,
                int barStep,
                int plotLeft,
                int plotWidth,
                int plotHeight) {
            this.id = id;
            this.width = width;
            this.barsLeft = barsLeft;
            this.barsWidth = barsWidth;
            this.barStep = barStep;
            this.plotLeft = plotLeft;
            this.plotWidth = plotWidth;
            this.plotHeight = plotHeight;
        }

        private int bar(int number) {
            return this == WIDE ? 10 + number * barStep : 24 + number * barStep;
        }
    }

    private BenchmarkChart() {}

    /** One bar for each policy. */
    static String bars(List<Outcome> outcomes, Frame frame) {
        int height = frame.bar(outcomes.size()) + 14;
        StringBuilder svg = open(frame, height, "Share of harmless alarms removed by each policy");
        for (int percent = 0; percent <= 100; percent += 25) {
            int x = frame.barsLeft + frame.barsWidth * percent / 100;
            String anchor = frame == Frame.WIDE || percent % 100 != 0 ? "middle" : percent == 0 ? "start" : "end";
            line(x, 4, x, height - 26, svg);
            text(x, height - 8, anchor, "soft", percent + " %", svg);
        }
        for (int i = 0; i < outcomes.size(); i++) {
            Outcome outcome = outcomes.get(i);
            int y = frame.bar(i);
            String lost = BenchmarkReport.grouped(outcome.lost()) + " lost";
            if (frame == Frame.WIDE) {
                text(frame.barsLeft - 12, y + 18, "end", "", outcome.policy(), svg);
                badge(frame.barsLeft + frame.barsWidth + 22, y, lost, outcome.lost(), svg);
            } else {
                text(frame.barsLeft, y - 7, "start", "halo", outcome.policy(), svg);
                text(frame.width - 8, y - 7, "end", outcome.lost() == 0 ? "halo num soft" : "halo num bad", lost, svg);
            }
            bar(outcome, frame, y, svg);
        }
        return svg.append("</svg>").toString();
    }

    private static void bar(Outcome outcome, Frame frame, int y, StringBuilder svg) {
        long width = outcome.others() == 0 ? 0 : frame.barsWidth * outcome.removed() / outcome.others();
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\" fill=\"var(--good)\"/>",
                frame.barsLeft,
                y,
                width,
                BAR_HEIGHT));
        boolean inside = width > 64; // or the words are wider than the bar
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" style=\"fill:var(--%s);font-weight:600\">%s</text>",
                frame.barsLeft + width + (inside ? -10 : 8),
                y + 18,
                inside ? "end" : "start",
                inside ? "card" : "ink",
                BenchmarkReport.percent(outcome.removed(), outcome.others())));
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
    static String tradeOff(BenchmarkReport report, Frame frame) {
        int bottom = PLOT_TOP + frame.plotHeight;
        int height = bottom + (frame == Frame.WIDE ? 52 : 136);
        StringBuilder svg = open(frame, height, "Harmless alarms removed against attack alarms lost");
        int steps = steps(report);
        for (int i = 0; i <= steps; i++) {
            int y = bottom - frame.plotHeight * i / steps;
            line(frame.plotLeft, y, frame.plotLeft + frame.plotWidth, y, svg);
            text(frame.plotLeft - 10, y + 4, "end", "soft", words(power(i)), svg);
        }
        for (int percent = 0; percent <= 100; percent += frame == Frame.WIDE ? 20 : 50) {
            text(x(percent * 100L, frame), bottom + 22, "middle", "soft", percent + " %", svg);
        }
        int middle = frame.plotLeft + frame.plotWidth / 2;
        text(middle, bottom + 44, "middle", "soft", "harmless alarms removed", svg);
        text(frame.plotLeft + 8, PLOT_TOP + 16, "start", "soft halo", "attack alarms lost", svg);
        NetworkBenchmark.sum(report.pinned()).forEach(each -> point(each, "good", "one type each", frame, steps, svg));
        for (BenchmarkReport.Classic classic : report.classics()) {
            NetworkBenchmark.sum(classic.networks())
                    .forEach(each -> point(each, "bad", "classic " + classic.size(), frame, steps, svg));
        }
        for (Tuning tuning : report.tunings()) {
            point(NetworkBenchmark.sum(tuning.reported()).getFirst(), "ink", "tuned elsewhere", frame, steps, svg);
        }
        legend(report, frame, bottom, svg);
        return svg.append("</svg>").toString();
    }

    private static void legend(BenchmarkReport report, Frame frame, int bottom, StringBuilder svg) {
        boolean wide = frame == Frame.WIDE;
        int left = wide ? frame.plotLeft + frame.plotWidth + 34 : frame.plotLeft;
        int top = wide ? PLOT_TOP + 14 : bottom + 70;
        String[][] kinds = {{"good", "one type each"}, {"bad", "classic, types generalised"}, {"ink", "tuned elsewhere"}
        };
        for (int i = 0; i < kinds.length - (report.tunings().isEmpty() ? 1 : 0); i++) {
            dot(left, top + 26 * i, kinds[i][0], kinds[i][1], svg);
            text(left + 14, top + 4 + 26 * i, "start", "", kinds[i][1], svg);
        }
    }

    /** How many powers of ten there are, so that no point lies above the highest. */
    private static int steps(BenchmarkReport report) {
        long most = 0;
        List<List<NetworkBenchmark>> all = new ArrayList<>(List.of(report.pinned()));
        report.classics().forEach(each -> all.add(each.networks()));
        report.tunings().forEach(each -> all.add(each.reported()));
        for (List<NetworkBenchmark> networks : all) {
            for (Outcome outcome : NetworkBenchmark.sum(networks)) {
                most = Math.max(most, outcome.lost());
            }
        }
        int steps = POWER_MIN + 1;
        while (power(steps) < most) {
            steps++;
        }
        return steps;
    }

    private static String words(long number) {
        long million = 1_000_000;
        return number < million
                ? BenchmarkReport.grouped(number)
                : BenchmarkReport.grouped(number / million) + " million";
    }

    /** 0, 1, 10, and so on. */
    private static long power(int step) {
        long power = step == 0 ? 0 : 1;
        for (int i = 1; i < step; i++) {
            power *= 10;
        }
        return power;
    }

    private static void point(Outcome outcome, String colour, String kind, Frame frame, int steps, StringBuilder svg) {
        String title = kind + ", " + outcome.policy() + ": " + BenchmarkReport.figures(outcome) + " steps silenced";
        dot(x(outcome.removedBasisPoints(), frame), y(outcome.lost(), frame, steps), colour, title, svg);
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

    private static int x(long basisPoints, Frame frame) {
        return (int) (frame.plotLeft + frame.plotWidth * basisPoints / 10_000);
    }

    /** 0 at the bottom, 1 a step above, each power of ten one more. */
    private static int y(long lost, Frame frame, int steps) {
        double step = lost == 0 ? 0 : 1 + Math.log10((double) lost);
        return (int) Math.round(PLOT_TOP + frame.plotHeight - frame.plotHeight * step / steps);
    }

    private static StringBuilder open(Frame frame, int height, String label) {
        return new StringBuilder(String.format(
                Locale.ROOT,
                "<svg class=\"%s\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\""
                        + " xmlns=\"http://www.w3.org/2000/svg\">",
                frame.id,
                frame.width,
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
