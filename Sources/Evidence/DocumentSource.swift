/// Where documents come from that are kept beside footage; the word stands where an item has its
/// recorder, so that the same PDF again is the same item.
package enum DocumentSource: String, Sendable, CaseIterable {
    /// A notary's.
    case certificate = "notary-certificates"
    /// Another court's, that asks for footage.
    case courtLetter = "court-letters"
}
