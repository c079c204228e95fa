package org.maftia.wormhole;

/** Why a component would not do what it was asked; it is unchanged then. */
public enum Refusal {
    UNKNOWN_OPERATION("the component knows no such operation"),
    MALFORMED("the request has not the form of its operation"),
    NOT_AUTHENTICATED("the frame is of no session, out of turn or altered"),
    WRONG_GROUP("the component serves another group"),
    NO_SUCH_LANE("the back end has no such lane"),
    TOO_MANY_STREAMS("the component keeps as many streams as it can"),
    TOO_MANY_SESSIONS("the component keeps as many sessions as it can"),
    MARK_NOT_HIGHER("a mark only rises"),
    EXHAUSTED("the counter is at its end"),
    NO_GROUP_KEY("the component is in no trusted view yet"),
    BUSY("the component has as many instances at work as it can"),
    NOT_INVITED("the caller is not in the list"),
    NOT_IN_TIME("the start is not in the future, or too far in it"),
    NOT_A_SUCCESSOR("the view does not follow the installed one, or lacks its quorum"),
    UNSUPPORTED("the back end does not offer this");

    private final String sentence;

    Refusal(String sentence) {
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }

    /** As it stands in a frame; 0 is no refusal. */
    public int code() {
        return ordinal() + 1;
    }
}
