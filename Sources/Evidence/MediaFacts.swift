/// What a file holds, as the inspector read it. Whole numbers only, so that it can be recorded
/// canonically; `json` gives the units of the outward contract.
package struct MediaFacts: Hashable, Sendable {
    package enum Status: String, Sendable, CaseIterable {
        case sound, damaged, encrypted, unreadable, notMedia = "not-media"
    }

    package struct Stream: Hashable, Sendable {
        /// `video`, `audio`, `subtitle`, `data`, `attachment`.
        package var type: String
        package var codec: String?
        package var width: Int64?
        package var height: Int64?
        /// Frames per second as a fraction.
        package var frameRateNumerator: Int64?
        package var frameRateDenominator: Int64?
        /// Degrees clockwise: 90, 180 or 270; absent for 0.
        package var rotation: Int64?
        package var sampleRate: Int64?
        package var channels: Int64?
        package var language: String?
        package var timecode: String?

        package init(type: String) { self.type = type }
    }

    /// A place in units of 10^-7 degree, north and east positive. 0,0 is no place.
    package struct Place: Hashable, Sendable {
        package let latitudeE7: Int64
        package let longitudeE7: Int64

        package init(latitudeE7: Int64, longitudeE7: Int64) {
            (self.latitudeE7, self.longitudeE7) = (latitudeE7, longitudeE7)
        }
    }

    package var status: Status
    /// In words, where the status is not `sound`.
    package var problem: String?
    /// libavformat's name of the container, such as `mov,mp4,m4a,3gp,3g2,mj2`.
    package var container: String?
    package var durationMicroseconds: Int64?
    package var bitRate: Int64?
    package var streams: [Stream] = []
    package var tags: [String: String] = [:]
    /// As the container has it, unmended: often local time falsely marked UTC.
    package var created: String?
    package var make: String?
    package var model: String?
    package var serial: String?
    package var firmware: String?
    package var location: Place?
    package var track: SatelliteTrack?
    /// The inspector's version and the libraries', for the record.
    package var inspector: String?

    package init(status: Status, problem: String? = nil) {
        (self.status, self.problem) = (status, problem)
    }
}

extension MediaFacts {
    /// The members of a `facts` row: integers and strings alone.
    package var row: RecordRow {
        var members: [String: JSONValue] = ["status": .string(status.rawValue)]
        members.set("problem", problem)
        members.set("container", container)
        members.set("durationMicroseconds", durationMicroseconds)
        members.set("bitRate", bitRate)
        members.set("created", created)
        members.set("make", make)
        members.set("model", model)
        members.set("serial", serial)
        members.set("firmware", firmware)
        members.set("inspector", inspector)
        if let location {
            members["latitudeE7"] = .integer(location.latitudeE7)
            members["longitudeE7"] = .integer(location.longitudeE7)
        }
        if let track { members["track"] = track.rowValue }
        if !tags.isEmpty { members["tags"] = .object(tags.mapValues(JSONValue.string)) }
        if !streams.isEmpty { members["streams"] = .array(streams.map(\.rowValue)) }
        return RecordRow(kind: "facts", members: members)
    }

    /// Reads a `facts` row or an inspector's answer: whatever is not of the right type or range is
    /// refused, since both may be hostile.
    package init(members: [String: JSONValue]) throws(MalformedEntry) {
        guard let status = members["status"]?.stringValue.flatMap(Status.init(rawValue:)) else {
            throw MalformedEntry(problem: "facts without a status")
        }
        self.init(status: status, problem: members["problem"]?.stringValue)
        container = members["container"]?.stringValue
        durationMicroseconds = members["durationMicroseconds"]?.integerValue
        bitRate = members["bitRate"]?.integerValue
        created = members["created"]?.stringValue
        make = members["make"]?.stringValue
        model = members["model"]?.stringValue
        serial = members["serial"]?.stringValue
        firmware = members["firmware"]?.stringValue
        inspector = members["inspector"]?.stringValue
        if let latitude = members["latitudeE7"]?.integerValue,
            let longitude = members["longitudeE7"]?.integerValue
        {
            guard latitude.magnitude <= 900_000_000, longitude.magnitude <= 1_800_000_000 else {
                throw MalformedEntry(problem: "a place that is not on the earth")
            }
            location = Place(latitudeE7: latitude, longitudeE7: longitude)
        }
        if let value = members["track"] { track = try SatelliteTrack(row: value) }
        for (key, value) in members["tags"]?.objectValue ?? [:] {
            guard let text = value.stringValue else {
                throw MalformedEntry(problem: "a tag that is not text")
            }
            tags[key] = text
        }
        for value in members["streams"]?.arrayValue ?? [] { streams.append(try Stream(row: value)) }
        guard durationMicroseconds ?? 0 >= 0, bitRate ?? 0 >= 0 else {
            throw MalformedEntry(problem: "a negative duration or bit rate")
        }
    }

    /// `media` of the outward contract: seconds, bit/s, degrees.
    package var json: JSONValue {
        var members: [String: JSONValue] = ["status": .string(status.rawValue)]
        members.set("problem", problem)
        members.set("container", container)
        if let durationMicroseconds {
            members["duration"] = .decimal(Double(durationMicroseconds) / 1_000_000)
        }
        members.set("bitRate", bitRate)
        if !streams.isEmpty { members["streams"] = .array(streams.map(\.json)) }
        if !tags.isEmpty { members["tags"] = .object(tags.mapValues(JSONValue.string)) }
        members.set("make", make)
        members.set("model", model)
        members.set("serial", serial)
        members.set("firmware", firmware)
        if let location {
            members["location"] = .object([
                "lat": .decimal(Double(location.latitudeE7) / 10_000_000),
                "lon": .decimal(Double(location.longitudeE7) / 10_000_000),
            ])
        }
        if let track { members["track"] = track.json }
        return .object(members)
    }
}

extension MediaFacts.Stream {
    private var common: [String: JSONValue] {
        var members: [String: JSONValue] = ["type": .string(type)]
        members.set("codec", codec)
        members.set("width", width)
        members.set("height", height)
        members.set("rotation", rotation)
        members.set("sampleRate", sampleRate)
        members.set("channels", channels)
        members.set("language", language)
        members.set("timecode", timecode)
        return members
    }

    var rowValue: JSONValue {
        var members = common
        members.set("frameRateNumerator", frameRateNumerator)
        members.set("frameRateDenominator", frameRateDenominator)
        return .object(members)
    }

    var json: JSONValue {
        var members = common
        if let frameRateNumerator, let frameRateDenominator, frameRateDenominator > 0 {
            let rate = Double(frameRateNumerator) / Double(frameRateDenominator)
            members["frameRate"] = .decimal((rate * 10_000).rounded() / 10_000)
        }
        return .object(members)
    }

    init(row: JSONValue) throws(MalformedEntry) {
        guard let type = row[key: "type"]?.stringValue else {
            throw MalformedEntry(problem: "a stream without a type")
        }
        self.init(type: type)
        codec = row[key: "codec"]?.stringValue
        width = row[key: "width"]?.integerValue
        height = row[key: "height"]?.integerValue
        frameRateNumerator = row[key: "frameRateNumerator"]?.integerValue
        frameRateDenominator = row[key: "frameRateDenominator"]?.integerValue
        rotation = row[key: "rotation"]?.integerValue
        sampleRate = row[key: "sampleRate"]?.integerValue
        channels = row[key: "channels"]?.integerValue
        language = row[key: "language"]?.stringValue
        timecode = row[key: "timecode"]?.stringValue
    }
}
