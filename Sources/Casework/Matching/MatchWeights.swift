package import Evidence

/// How much each piece of evidence counts for or against a field task, in points; and from how many
/// on footage is linked, or proposed. A site may set its own: a JSON object of these names.
///
/// The table is small on purpose, so that a person can add it up: footage is linked by the officer
/// (or the recorder) and the time together, never by either alone. What lies beside a task's time
/// is linked with the rest of its take or by its place; else a person is asked: it may be of a task
/// that nobody wrote down, or of none.
package struct MatchWeights: Hashable, Sendable {
    /// A person said who carried it, and he is on the task.
    package var attributedOfficer = 45
    /// The schedule says that he carries the recorder on a task of that time.
    package var scheduledOfficer = 40
    /// The register says that the recorder was his at that time.
    package var registeredOfficer = 40
    /// Only the recorder itself says so.
    package var claimedOfficer = 25
    /// Whoever is believed to have carried it is not on the task.
    package var otherOfficer = -40
    /// The recorder's claim and the register name different people.
    package var contradictedClaim = -5
    /// The task names this recorder. Where its officer is on the task too, both say the same, who
    /// it was: then it counts for what it says beyond him, or for ``namedRecorderToo``.
    package var namedRecorder = 35
    package var namedRecorderToo = 1
    /// The task names recorders, and this is none of them.
    package var otherRecorder = -10
    /// At least four fifths of it lie within the task's time.
    package var timeInside = 35
    /// Less of it does.
    package var timePartly = 20
    /// It lies in the time before or after that is allowed for.
    package var timeBeside = 5
    /// It lies outside of that.
    package var timeOutside = -60
    /// The clock of the recorder is not known to be right.
    package var doubtfulClock = -15
    package var insidePlace = 20
    package var farFromPlace = -30
    /// Another file of the same take is linked to the task's case.
    package var sameTake = 30
    /// It bears the mark of something important.
    package var important = 3
    /// The officer has no other task within that day.
    package var onlyTask = 5

    /// Minutes before a task's beginning, and after its end, that still belong to it.
    package var minutesBefore = 15
    package var minutesAfter = 30

    /// Linked by itself from so many points on, where no other case comes within ``lead`` points.
    package var assignFrom = 60
    package var lead = 20
    /// Proposed from so many on.
    package var proposeFrom = 30

    package init() {}

    private static let fields: [(String, WritableKeyPath<MatchWeights, Int> & Sendable)] = [
        ("attributedOfficer", \.attributedOfficer), ("scheduledOfficer", \.scheduledOfficer),
        ("registeredOfficer", \.registeredOfficer),
        ("claimedOfficer", \.claimedOfficer), ("otherOfficer", \.otherOfficer),
        ("contradictedClaim", \.contradictedClaim), ("namedRecorder", \.namedRecorder),
        ("namedRecorderToo", \.namedRecorderToo), ("otherRecorder", \.otherRecorder),
        ("timeInside", \.timeInside),
        ("timePartly", \.timePartly), ("timeBeside", \.timeBeside), ("timeOutside", \.timeOutside),
        ("doubtfulClock", \.doubtfulClock), ("insidePlace", \.insidePlace),
        ("farFromPlace", \.farFromPlace), ("sameTake", \.sameTake), ("important", \.important),
        ("onlyTask", \.onlyTask),
        ("minutesBefore", \.minutesBefore), ("minutesAfter", \.minutesAfter),
        ("assignFrom", \.assignFrom), ("lead", \.lead), ("proposeFrom", \.proposeFrom),
    ]

    /// The table with some of its numbers replaced.
    ///
    /// - Throws: ``TableFault`` with the name of what is no number from -1000 to 1000, or that nobody
    ///   knows.
    package init(json: JSONValue) throws(TableFault) {
        guard let members = json.objectValue else { throw TableFault(place: "weights") }
        for (name, value) in members {
            guard let field = Self.fields.first(where: { $0.0 == name }),
                let number = value.integerValue, (-1000...1000).contains(number)
            else { throw TableFault(place: name) }
            self[keyPath: field.1] = Int(number)
        }
    }

    package var json: JSONValue {
        .object(
            Dictionary(
                uniqueKeysWithValues: Self.fields.map {
                    ($0.0, .integer(Int64(self[keyPath: $0.1])))
                }))
    }
}
