import Evidence

/// `custody/premis.xml`: objects and events in PREMIS 3.0, for archives. Said by the station; what
/// counts are the entries.
struct PremisXML {
    let facts: BagFacts
    let checkpointOrigin: String

    var xml: String {
        var out = """
            <?xml version="1.0" encoding="UTF-8"?>
            <premis xmlns="http://www.loc.gov/premis/v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">

            """
        for item in facts.items { out += object(item) }
        for event in facts.events { out += self.event(event) }
        return out + "</premis>\n"
    }

    private func object(_ fact: BagFacts.Item) -> String {
        let item = fact.item
        let digests = [("SHA-256", item.sha256.hex), ("SM3", item.sm3.hex)].map { name, digest in
            """
                  <fixity>
                    <messageDigestAlgorithm>\(name)</messageDigestAlgorithm>
                    <messageDigest>\(digest)</messageDigest>
                  </fixity>
            """
        }
        return """
              <object xsi:type="file">
            \(identifier("object", item.name.description))
                <objectCharacteristics>
            \(digests.joined(separator: "\n"))
                  <size>\(item.size)</size>
                  <format><formatDesignation><formatName>\(PageText.escaped(fact.media?.container ?? "unknown"))</formatName></formatDesignation></format>
                </objectCharacteristics>
                <originalName>\(PageText.escaped(item.path.display))</originalName>
                <storage><contentLocation><contentLocationType>bag</contentLocationType><contentLocationValue>\(item.place)</contentLocationValue></contentLocation></storage>
              </object>

            """
    }

    private func event(_ event: BagFacts.Event) -> String {
        let links = event.items.map {
            """
                <linkingObjectIdentifier>
                  <linkingObjectIdentifierType>evidock item</linkingObjectIdentifierType>
                  <linkingObjectIdentifierValue>\(PageText.escaped($0))</linkingObjectIdentifierValue>
                </linkingObjectIdentifier>

            """
        }
        return """
              <event>
            \(identifier("event", "\(checkpointOrigin)#\(event.leaf)"))
                <eventType>\(event.kind.rawValue)</eventType>
                <eventDateTime>\(event.time)</eventDateTime>
            \(links.joined())  </event>

            """
    }

    private func identifier(_ what: String, _ value: String) -> String {
        """
            <\(what)Identifier>
              <\(what)IdentifierType>evidock \(what == "object" ? "item" : "entry")</\(what)IdentifierType>
              <\(what)IdentifierValue>\(PageText.escaped(value))</\(what)IdentifierValue>
            </\(what)Identifier>
        """
    }
}
