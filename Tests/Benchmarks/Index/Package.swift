// swift-tools-version: 6.2
import PackageDescription

// What the case index does in one process, timed from inside it. See ../index.sh.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(["-enable-testing"]),
]

let package = Package(
    name: "evidock-index-bench",
    dependencies: [.package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0")],
    targets: [
        .target(name: "Evidence", swiftSettings: strict),
        .target(
            name: "CaseIndex",
            dependencies: [
                "Evidence", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "Casework", dependencies: ["Evidence"],
            resources: [
                .embedInCode("CaseNumbers/courts.json"),
                .embedInCode("CaseNumbers/case-types.json"),
                .embedInCode("Schedules/columns.json"),
                .embedInCode("Schedules/words.json"),
            ], swiftSettings: strict),
        .executableTarget(
            name: "IndexBench",
            dependencies: [
                "Evidence", "CaseIndex", "Casework",
                .product(name: "GRDB", package: "GRDB.swift"),
            ], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
