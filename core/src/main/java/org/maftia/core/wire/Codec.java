package org.maftia.core.wire;

/**
 * One canonical encoding for each value of a type: {@link #read} accepts exactly what {@link #write} produces.
 *
 * @param <T> the type of the values
 */
public interface Codec<T> {
    void write(Writer writer, T value);

    /**
     * Reads one value and checks it as far as bytes alone allow.
     *
     * @throws MalformedException when the next bytes are no canonical encoding of a value
     */
    T read(Reader reader);

    default byte[] encode(T value) {
        Writer writer = new Writer();
        write(writer, value);
        return writer.toBytes();
    }

    /**
     * Decodes the whole array.
     *
     * @throws MalformedException when the bytes are no canonical encoding of exactly one value
     */
    default T decode(byte[] bytes) {
        Reader reader = new Reader(bytes);
        T value = read(reader);
        reader.end();
        return value;
    }

    /** The codec of an instance that only composes others: nothing can be written, and no bytes are a message. */
    static <T> Codec<T> ofNothing() {
        return new Codec<>() {
            @Override
            public void write(Writer writer, T value) {
                throw new IllegalStateException("this instance says nothing");
            }

            @Override
            public T read(Reader reader) {
                throw new MalformedException("this instance takes no messages");
            }
        };
    }
}
