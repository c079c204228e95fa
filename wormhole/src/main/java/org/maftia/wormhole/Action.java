package org.maftia.wormhole;

/** What a component can do at an instant: a closed list, since code of the host never runs inside. */
public enum Action {
    /** Notes that the instant came; the host asks for it. */
    NOTIFY_HOST,
    /** Sends a frame on the control channel. */
    CONTROL_SEND,
    /** Forgets all keys and stops. */
    ERASE_KEYS,
    /** Switches a relay, where the back end has one. */
    RELAY_OUT;

    public int code() {
        return ordinal() + 1;
    }
}
