import Evidence
import Glibc
import Recorders
import Synchronization
import Testing

@Suite struct MountWatchTests {
    @Test func aVolumeThatWasThereAtStartIsTold() async throws {
        let card = try Card()
        try card.add("mountinfo", "36 30 8:17 / /docks/sdb1 ro - vfat /dev/none ro\n")
        let (sights, told) = AsyncStream.makeStream(of: [String].self)
        let watch = try MountWatch(roots: ["/docks"], mountInfo: card.place("mountinfo")) { sight in
            told.yield(((try? sight.get()) ?? []).map(\.mountPoint))
        }
        var iterator = sights.makeAsyncIterator()
        #expect(await iterator.next() == ["/docks/sdb1"])
        watch.stop()
        watch.stop()
    }

    @Test func aListThatIsNotThereIsSaid() {
        #expect(throws: RecorderFailure.self) {
            try MountWatch(roots: ["/docks"], mountInfo: "/nowhere/mountinfo") { _ in }
        }
    }

    @Test(
        "A real mount is seen coming and going, also by a lazy unmount",
        .enabled(if: Mounting.isPossible, "mounting is not possible here"))
    func realMount() async throws {
        let card = try Card()
        try card.add("docks/one/x")
        let (sights, told) = AsyncStream.makeStream(of: [Volume].self)
        let watch = try MountWatch(roots: [card.place("docks")]) { sight in
            if let volumes = try? sight.get() { told.yield(volumes) }
        }
        defer { watch.stop() }
        var iterator = sights.makeAsyncIterator()
        #expect(await iterator.next() == [])
        let place = card.place("docks/one")
        try #require(Mounting.run("/bin/mount", ["-t", "tmpfs", "none", place]))
        let came = await iterator.next()
        #expect(Mounting.run("/bin/umount", ["-l", place]))
        #expect(came?.map(\.mountPoint) == [card.place("docks/one")])
        #expect(came?.first?.isReadOnly == false)
        #expect(await iterator.next() == [])
    }
}
