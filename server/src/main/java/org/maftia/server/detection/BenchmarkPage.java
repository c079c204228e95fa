package org.maftia.server.detection;

import java.util.List;
import org.maftia.services.detection.benchmark.NetworkBenchmark;
import org.maftia.services.detection.benchmark.Outcome;
import org.maftia.services.detection.benchmark.Tuning;

/**
 * The benchmark as one page: charts are drawn into it, and it loads nothing from anywhere. Names of networks come from
 * files, so every text is escaped.
 */
public final class BenchmarkPage {
    private static final String STYLE = """
        :root{--ink:#16202c;--soft:#5b6b7c;--line:#dfe5ec;--back:#f5f7fa;--card:#fff;--good:#2a7f9e;--bad:#c8442f;--mute:#a9b6c3}
        @media(prefers-color-scheme:dark){:root{--ink:#e6ebf1;--soft:#93a3b5;--line:#2b3947;--back:#10171f;--card:#18222d;
        --good:#4fb3d6;--bad:#f0745c;--mute:#54677a}}
        *{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);
        font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:1060px;margin:0 auto;padding:44px 24px 70px}
        h1{font-size:32px;line-height:1.2;margin:0 0 8px;letter-spacing:-.02em}h2{font-size:20px;margin:46px 0 6px}
        p{margin:0 0 16px;color:var(--soft);max-width:74ch}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:14px;margin:26px 0 8px}
        .card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px}
        .card b{display:block;font-size:32px;line-height:1.15;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
        .card span{color:var(--soft);font-size:14px}.bad b{color:var(--bad)}.good b{color:var(--good)}
        figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px;overflow-x:auto}
        svg{display:block;width:100%;height:auto}svg.narrow{display:none}svg text{fill:var(--ink);font-size:13px}
        svg .soft{fill:var(--soft)}svg .bad{fill:var(--bad)}svg .halo{paint-order:stroke;stroke:var(--card);stroke-width:5px}svg .num{font-variant-numeric:tabular-nums}
        table{border-collapse:separate;border-spacing:0;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
        .scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:12px}
        th,td{text-align:right;padding:9px 14px;border-top:1px solid var(--line);white-space:nowrap}
        th:first-child,td:first-child{text-align:left}thead th{border:0;color:var(--soft);font-weight:600}
        td i{font-style:normal;display:inline-block;min-width:3.4em}td i.bad{color:var(--bad)}td i.none{color:var(--mute)}thead th{white-space:normal;vertical-align:bottom}
        tbody tr:last-child td{font-weight:600}ul{color:var(--soft);padding-left:20px;max-width:80ch}li{margin:5px 0}
        @media(max-width:760px){main{padding:28px 14px 50px}h1{font-size:26px}figure{padding:14px}svg.wide{display:none}
        svg.narrow{display:block;max-width:460px}td:first-child,th:first-child{position:sticky;left:0;background:var(--card)}}
        footer{margin-top:44px;color:var(--soft);font-size:13px}
        """;

    private BenchmarkPage() {}

    /** The page, whole. */
    public static String of(BenchmarkReport report) {
        List<Outcome> sum = NetworkBenchmark.sum(report.pinned());
        StringBuilder page = new StringBuilder(1 << 16);
        page.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
                .append("<title>Alarm filters: what they remove, what they hide</title><style>")
                .append(STYLE)
                .append("</style></head><body><main>");
        page.append("<h1>What filters remove, and what they hide</h1><p>Filters were mined from the first days of ")
                .append(report.pinned().size())
                .append(" labelled networks (")
                .append(escape(BenchmarkReport.names(report.pinned())))
                .append(") and judged by the days after, which the miner had not seen.</p>");
        cards(report, sum, page);
        page.append("<h2>Alarms removed, policy by policy</h2><p>Share of the harmless alarms that nobody has to"
                        + " read any")
                .append(" more; at the right the attack alarms that went with them.</p><figure>");
        for (BenchmarkChart.Frame frame : BenchmarkChart.Frame.values()) {
            page.append(BenchmarkChart.bars(sum, frame));
        }
        page.append("</figure>");
        page.append("<h2>Why the type of an alarm is never generalised</h2><p>Each point is a policy. To the right"
                        + " is less")
                .append(" work, up is what an intruder gains: the classic miner's clusters are good summaries and"
                        + " deadly")
                .append(" filters.</p><figure>");
        for (BenchmarkChart.Frame frame : BenchmarkChart.Frame.values()) {
            page.append(BenchmarkChart.tradeOff(report, frame));
        }
        page.append("</figure>");
        page.append("<h2>Network by network</h2><p>Harmless alarms removed; <i"
                        + " style=\"color:var(--bad);font-style:normal\">")
                .append("attack alarms lost</i>. ")
                .append(BenchmarkReport.grouped(sum.getFirst().others()))
                .append(" harmless and ")
                .append(BenchmarkReport.grouped(sum.getFirst().attack()))
                .append(" attack alarms in ")
                .append(sum.getFirst().steps())
                .append(" steps of attacks.</p>");
        table(report.pinned(), sum, page);
        tunings(report.tunings(), page);
        page.append("<h2>Limits</h2><ul>");
        BenchmarkReport.LIMITS.forEach(
                limit -> page.append("<li>").append(escape(limit)).append("</li>"));
        BenchmarkReport.Cost cost = report.cost();
        page.append("</ul><footer>")
                .append(BenchmarkReport.grouped(cost.alarms()))
                .append(" alarms read in ")
                .append(cost.readMillis())
                .append(" ms, mined in ")
                .append(cost.mineMillis())
                .append(" ms, all policies replayed in ")
                .append(cost.replayMillis())
                .append(" ms, at most ")
                .append(cost.heapPeakBytes() / 1_000_000)
                .append(" MB of heap. Made by maftia detect bench.</footer></main></body></html>\n");
        return page.toString();
    }

    private static void cards(BenchmarkReport report, List<Outcome> sum, StringBuilder page) {
        Outcome guarded = sum.get(2);
        int silenced = guarded.silenced().size();
        page.append("<div class=\"cards\">");
        card("good", BenchmarkReport.percent(guarded.removed(), guarded.others()), "removed (reviewed + guard)", page);
        card(
                "bad",
                BenchmarkReport.grouped(guarded.lost()),
                "attack alarms lost, of " + BenchmarkReport.grouped(guarded.attack()),
                page);
        card(silenced == 0 ? "good" : "bad", silenced + " of " + guarded.steps(), "steps of attacks silenced", page);
        card("", BenchmarkReport.grouped(report.clusters()), "clusters for people to review", page);
        page.append("</div>");
    }

    private static void card(String kind, String figure, String text, StringBuilder page) {
        page.append("<div class=\"card ")
                .append(kind)
                .append("\"><b>")
                .append(figure)
                .append("</b><span>")
                .append(escape(text))
                .append("</span></div>");
    }

    /** A line for each network: there may be many of them, but there are few policies. */
    private static void table(List<NetworkBenchmark> networks, List<Outcome> sum, StringBuilder page) {
        page.append("<div class=\"scroll\"><table><thead><tr><th></th>");
        sum.forEach(each -> page.append("<th>").append(escape(each.policy())).append("</th>"));
        page.append("</tr></thead><tbody>");
        networks.forEach(each -> line(each.network(), each.rows(), page));
        line("all", sum, page);
        page.append("</tbody></table></div>");
    }

    private static void line(String name, List<Outcome> outcomes, StringBuilder page) {
        page.append("<tr><td>").append(escape(name)).append("</td>");
        outcomes.forEach(each -> page.append("<td>").append(cell(each)).append("</td>"));
        page.append("</tr>");
    }

    private static String cell(Outcome outcome) {
        return BenchmarkReport.percent(outcome.removed(), outcome.others()) + " <i class=\""
                + (outcome.lost() == 0 ? "none" : "bad") + "\">" + BenchmarkReport.grouped(outcome.lost()) + "</i>";
    }

    private static void tunings(List<Tuning> tunings, StringBuilder page) {
        if (tunings.isEmpty()) {
            return;
        }
        page.append("<h2>Tuned on one half of the networks, judged by the other</h2><p>The goal is 95 % removed and no"
                        + " more than ")
                .append(Tuning.LOST_MAX)
                .append(" attack alarms lost where nothing was tuned.</p><div class=\"cards\">");
        for (Tuning tuning : tunings) {
            Outcome reported = NetworkBenchmark.sum(tuning.reported()).getFirst();
            Outcome tuned = NetworkBenchmark.sum(tuning.tuned()).getFirst();
            card(
                    tuning.isReached() ? "good" : "bad",
                    BenchmarkReport.percent(reported.removed(), reported.others()) + ", " + reported.lost() + " lost",
                    "on " + BenchmarkReport.names(tuning.reported()) + ": goal "
                            + (tuning.isReached() ? "reached" : "not reached") + ". Tuned on "
                            + BenchmarkReport.names(tuning.tuned()) + " ("
                            + BenchmarkReport.percent(tuned.removed(), tuned.others()) + ", " + tuned.lost()
                            + " lost there). " + sentence(tuning.setting().toString()),
                    page);
        }
        page.append("</div>");
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
