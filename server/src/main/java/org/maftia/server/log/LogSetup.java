package org.maftia.server.log;

import java.util.ArrayList;
import java.util.List;
import org.maftia.client.transport.ClientSignatureKeys;
import org.maftia.core.replica.StateMachine;
import org.maftia.server.ceremony.Enrolment;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.succession.Known;
import org.maftia.services.log.LogMember;
import org.maftia.services.log.LogPolicy;
import org.maftia.services.log.TransparencyLog;
import org.maftia.services.log.WitnessRule;

/** What the log of a group is, as its public documents say. */
public final class LogSetup {
    private LogSetup() {}

    /** The name of the log: that of the group, for as long as it lives. */
    public static String origin(GroupTranscript group) {
        return "maftia/" + group.id().toString().replace("-", "");
    }

    private static List<LogMember> members(Known known) {
        List<LogMember> members = new ArrayList<>();
        for (Enrolment enrolment : known.group().enrolments()) {
            members.add(
                    LogMember.of(origin(known.group()), enrolment.id(), enrolment.logKey(), enrolment.witnessKey()));
        }
        return members;
    }

    /** A new state machine for a configuration. */
    public static StateMachine machine(Known known) {
        return new TransparencyLog(
                origin(known.group()),
                members(known),
                WitnessRule.of(known.trust()),
                ClientSignatureKeys.verifier(known.group().clients()));
    }

    /** What readers must know to believe heads: a policy file. */
    public static String policy(Known known) {
        return LogPolicy.text(members(known), WitnessRule.of(known.trust()));
    }
}
