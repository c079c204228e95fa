package org.maftia.server.sensor;

import java.util.List;

/** One small record of each format, written by hand. */
final class Samples {
    static final String EVE = """
        {"timestamp":"2020-08-06T05:19:48.886764+0000","event_type":"alert","src_ip":"192.0.2.5","src_port":53796,\
        "dest_ip":"2001:db8::5","dest_port":80,"proto":"TCP","alert":{"gid":1,"signature_id":2200073,"rev":2,\
        "signature":"a \\"quoted\\" rule","category":"Misc","severity":1,"metadata":{"mitre_technique_id":["T1003"]}},\
        "payload":"AAEC"}
        """;

    static final String FAST = """
        08/06/2020-05:19:48.886764  [**] [1:2200073:2] text of a rule [**] [Classification: Misc] [Priority: 3] {TCP} \
        192.0.2.5:53796 -> 198.51.100.5:80
        """;

    static final String SNORT = """
        12/24-18:00:00.000001  [**] [1:408:5] ICMP Echo Reply [**] [Classification: Misc activity] [Priority: 3] {ICMP} \
        192.0.2.5 -> 2001:db8::1
        """;

    static final String ZEEK = """
        {"_path":"notice","ts":1521911720.629574,"id.orig_h":"192.0.2.120","id.orig_p":39611,"id.resp_h":"192.0.2.3",\
        "id.resp_p":443,"proto":"tcp","note":"SSL::Invalid_Server_Cert","msg":"it failed","suppress_for":3600.0}
        """;

    static final String WAZUH = """
        {"timestamp":"2020-03-04T13:55:05.224939+0000","rule":{"level":12,"description":"d","id":"20100",\
        "mitre":{"id":["T1110"],"tactic":["Credential Access"]},"groups":["ids","fts"]},\
        "agent":{"id":"000","name":"mail"},"manager":{"name":"site"},"full_log":"03/04/2020-13:55:05.224939  [**] \
        [1:2221028:1] SURICATA HTTP [**] [Priority: 3] {TCP} 192.0.2.18:41334 -> 192.0.2.21:80",\
        "data":{"srcip":"192.0.2.18","dstip":"192.0.2.21:80","id":"1:2221028:1"}}
        """;

    static final String JOURNALD = """
        {"__REALTIME_TIMESTAMP":"1596691188886764","_HOSTNAME":"gate","SYSLOG_IDENTIFIER":"sshd","MESSAGE":[70,97,105,\
        108,101,100,32,112,97,115,115,119,111,114,100,32,102,111,114,32,255,32,102,114,111,109,32,49,57,50,46,48,46,50,\
        46,55,32,112,111,114,116,32,50,50,32,115,115,104,50],"_PID":"77"}
        """;

    static final String SSHD = """
        Dec 10 06:55:48 gate sshd[24200]: Failed password for invalid user webmaster from 192.0.2.186 port 38926 ssh2
        Dec 10 06:55:49 gate cron[1]: nothing of interest
        """;

    static final String AIT = """
        time,name,ip,host,short,time_label,event_label
        1642213952.5,Wazuh: ClamAV database update,192.0.2.81,mail,W-Sys-Cav,false_positive,-
        """;

    static final String SPLUNK = """
        \ufeff[{"preview": false, "offset": 1, "result": {"_raw": "{\\"timestamp\\":\\"2017-11-04T12:48:35.198583+0000\\",\
        \\"event_type\\":\\"alert\\",\\"alert\\":{\\"gid\\":1,\\"signature_id\\":7}}", "_time": "x"}},
        {"preview": false, "offset": 0, "lastrow": true, "result": {"_raw": "{\\"timestamp\\":\\"2017-11-04T12:48:36.000000+0000\\",\
        \\"event_type\\":\\"flow\\"}"}}]
        """;

    static final String IDMEF = """
        <?xml version="1.0" encoding="UTF-8"?>
        <x:IDMEF-Message version="1.0" xmlns:x="http://iana.org/idmef">
          <x:Alert messageid="a1">
            <x:Analyzer analyzerid="bc-sensor01"/>
            <x:CreateTime ntpstamp="0xbc71f4f5.0xef449129">
              2000-03-09T10:01:25.93464Z
            </x:CreateTime>
            <x:Source><x:Node><x:Address category="ipv4-addr"><x:address>192.0.2.200</x:address></x:Address></x:Node></x:Source>
            <x:Target><x:Node><x:name>lollipop</x:name></x:Node><x:Service><x:port>80</x:port></x:Service></x:Target>
            <x:Classification text=" Ping-of-death detected "/>
            <x:Assessment><x:Impact severity="high" type="dos"/></x:Assessment>
          </x:Alert>
        </x:IDMEF-Message>
        """;

    static final String SNORT_JSON = """
        { "timestamp" : "07/16-09:23:39.153899", "pkt_num" : 5, "proto" : "TCP", "pkt_gen" : "stream_tcp", "dir" : "C2S", \
        "src_ap" : "192.0.2.2:50284", "dst_ap" : "192.0.2.3:80", "rule" : "1:1000000:0", "action" : "allow" }
        """;

    static final String ZEEK_TABLE = """
        #separator \\x09
        #unset_field\t-
        #path\tnotice
        #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tnote\tsrc\tdst\tp
        1649715078.678609\tC4J\t192.0.2.146\t63839\t192.0.2.157\t111\tudp\tA::Exploit\t192.0.2.146\t192.0.2.157\t111
        1649715079.5\t-\t-\t-\t-\t-\t-\tScan::Port_Scan\t2001:db8::7\t192.0.2.9\t-
        """;

    static final List<String> ALL =
            List.of(EVE, FAST, SNORT, ZEEK, WAZUH, JOURNALD, SSHD, AIT, SPLUNK, IDMEF, SNORT_JSON, ZEEK_TABLE);

    private Samples() {}
}
