/**
 * What the trusted component states, and the exact bytes in which it states it.
 *
 * <p><b>Guarantee.</b> There is no general signature: a {@link org.maftia.wormhole.certificate.Certificate} is of one
 * of nine kinds, and the tagged bytes begin with the kind, the group, the protocol, the component and its epoch. So a
 * certificate of one kind, group, protocol or epoch can never pass for one of another.
 *
 * <p>All numbers are big-endian. A certificate is a statement and a seal:
 *
 * <pre>
 * statement  "MTCB" | version u8 | kind u8 | group 16 | protocol u32 | ttcb u16 | epoch u64 | body
 * seal       profile u8 | tag (32 bytes with HMAC-SHA256, 64 with P-256: r | s, 121 with a TPM's quote)
 *
 * 1 UI        lane u32 | counter u64 | view u64 | ckpt u64 | digest 32
 * 2 FENCE     mark u8 | view u64 | ckpt u64 | 16 x counter u64 | digest 32
 * 3 VOID      lane u32 | from u64 | to u64
 * 4 COUNTERS  nonce 32 | view u64 | ckpt u64 | 16 x counter u64
 * 5 OUTCOME   view u64 | instance 32 | decided u8 | value 32 | okMask u32 | anyMask u32
 * 6 STAMP     digest 32 | earliest u64 | latest u64               (microseconds since 1970)
 * 7 VERDICT   who (ttcb u16 | slot u16 | epoch u64) | event u64 | bound u64 | late u8
 * 8 VIEW      number u64 | content 32
 * 9 EPOCH     previous u64 | signing key 64 (x | y) | agreement key 32   (sealed by the identity key)
 * </pre>
 *
 * <p>Numbers that are counted with (counters, marks, epochs, times) stay below 2^63. Decoding takes exactly what
 * encoding gives: one certificate, one encoding.
 *
 * <pre>{@code
 * Certificate certificate = Certificate.decode(bytes);
 * if (certificate instanceof Ui ui && ttcb.verify(ui, digest)) {
 *     accept(ui.header().ttcb(), ui.lane(), ui.counter());
 * }
 * }</pre>
 *
 * <p>Papers: Veronese, Correia, Bessani, Lung, Verissimo, "Efficient Byzantine Fault-Tolerance", IEEE TC 2013 (the
 * identifier and its counter); Behl, Distler, Kapitza, "Hybrids on Steroids", EuroSys 2017 (several lanes). The marks
 * are our own: they bind all lanes at once.
 */
@NullMarked
package org.maftia.wormhole.certificate;

import org.jspecify.annotations.NullMarked;
