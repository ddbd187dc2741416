// Runs the traffic against the design without a mutant, prints what came of it, then runs it against each mutant in
// turn, each in a process of its own, until something differs.
//
//   simulation TRAFFIC PASSES [MUTANT..]
//
// TRAFFIC is whitespace separated, for each request `IDLE LOST N BYTE..`: N bytes, the first of them reported as lost
// when LOST is 1, then, when they were taken and nothing is computed, IDLE cycles of silence. It is run PASSES times.
// Lines out:
//   pass SEED                        of the host's hesitation; 0 never hesitates
//   byte VALUE
//   tap LAYER FIRED NEURON MEMBRANE
//   end CYCLES
//   mutant NUMBER equal|value|time|stuck|broken
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>
#include "Vspikeforge_accelerator.h"
#include "verilated.h"

namespace {

struct Request {
    uint64_t idle = 0;
    bool lost = false;
    std::vector<uint8_t> bytes;
};

// What leaves the design: bytes, and the membranes of layers.
struct Event {
    uint64_t cycle;
    uint32_t words[4];

    bool operator==(const Event& other) const {
        for (int i = 0; i < 4; ++i)
            if (words[i] != other.words[i]) return false;
        return true;
    }
};

const uint32_t kByte = 0xFFFFFFFFu;
// The layers run at once, so what each shows is an order of its own.
const size_t kStreams = 1 + SPIKEFORGE_LAYERS;
using Streams = std::vector<std::vector<Event>>;

struct Tap {
    std::vector<uint32_t> words;
    void add(uint32_t word) { words.push_back(word); }
};

class Hesitation {
public:
    explicit Hesitation(uint64_t seed) : state_(seed) {}

    bool now() {
        if (state_ == 0) return false;
        if (stall_ > 0) return --stall_, true;
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        // Now and then long enough for every buffer to fill.
        if ((state_ >> 30) % 8192 == 0) stall_ = 1500;
        if ((state_ >> 20) % 64 == 0) density_ = (state_ >> 40) % 9;
        return (state_ >> 50) % 9 < density_;
    }

private:
    uint64_t state_, density_ = 4, stall_ = 0;
};

enum Verdict { kEqual, kValue, kTime, kStuck, kBroken };
const char* const kVerdicts[] = {"equal", "value", "time", "stuck", "broken"};

// The traffic against one mutant. With a golden run it ends at the first value that differs.
Verdict run(const std::vector<Request>& traffic, uint32_t mutant, uint64_t seed, const Streams* golden, uint64_t golden_cycles,
            Streams& streams, uint64_t& cycles) {
    VerilatedContext context;
    Vspikeforge_accelerator dut(&context);
    Hesitation hesitation(seed);
    streams.assign(kStreams, {});
    dut.mutant = mutant;
    cycles = 0;
    bool waits = false;
    const uint64_t most = golden ? golden_cycles + golden_cycles / 4 + 20000 : ~0ull;
    for (const Request& request : traffic) {
        size_t next = 0;
        for (uint64_t idle = 0; idle < request.idle || next < request.bytes.size() || dut.computing;) {
            const bool has = next < request.bytes.size();
            dut.in_valid = has && (waits || !hesitation.now());
            dut.in_byte = has ? request.bytes[next] : 0;
            dut.in_lost = request.lost && has && next == 0;
            dut.out_ready = !hesitation.now();
            dut.clock = 0;
            dut.eval();
            waits = dut.in_valid && !dut.in_ready;
            if (dut.in_valid && dut.in_ready) ++next;
            Tap tap;
            SPIKEFORGE_TAPS
            if (dut.out_valid && dut.out_ready) {
                for (uint32_t word : {kByte, 0u, uint32_t(dut.out_byte), uint32_t(cycles)}) tap.add(word);
            }
            for (size_t at = 0; at < tap.words.size(); at += 4) {
                const uint32_t* words = &tap.words[at];
                const size_t stream = words[0] == kByte ? 0 : 1 + (words[0] & 0x7FFFFFFF);
                streams[stream].push_back({cycles, {words[0], words[1], words[2], 0}});
                if (!golden) continue;
                const size_t place = streams[stream].size() - 1;
                const std::vector<Event>& expected = (*golden)[stream];
                if (place >= expected.size() || !(expected[place] == streams[stream][place])) return kValue;
            }
            dut.clock = 1;
            dut.eval();
            if (next == request.bytes.size() && !dut.computing) ++idle;
            if (++cycles > most) return kStuck;
        }
    }
    if (!golden) return kEqual;
    for (size_t stream = 0; stream < kStreams; ++stream) {
        if (streams[stream].size() != (*golden)[stream].size()) return kValue;
        for (size_t at = 0; at < streams[stream].size(); ++at)
            if (streams[stream][at].cycle != (*golden)[stream][at].cycle) return kTime;
    }
    return cycles == golden_cycles ? kEqual : kTime;
}

std::vector<Request> read_traffic(const char* path) {
    std::ifstream file(path);
    std::vector<Request> traffic;
    Request request;
    size_t n;
    while (file >> request.idle >> request.lost >> n) {
        request.bytes.resize(n);
        for (uint8_t& byte : request.bytes) {
            unsigned value = 0;
            file >> value;
            byte = static_cast<uint8_t>(value);
        }
        traffic.push_back(request);
    }
    return traffic;
}

void print(uint64_t seed, const Streams& streams, uint64_t cycles) {
    std::printf("pass %llu\n", static_cast<unsigned long long>(seed));
    for (const std::vector<Event>& events : streams)
        for (const Event& event : events) {
            if (event.words[0] == kByte) std::printf("byte %u\n", event.words[2]);
            else
                std::printf("tap %u %u %u %d\n", event.words[0] & 0x7FFFFFFF, event.words[0] >> 31, event.words[1],
                            static_cast<int32_t>(event.words[2]));
        }
    std::printf("end %llu\n", static_cast<unsigned long long>(cycles));
}

const uint64_t kSeeds[] = {0, 0x9E3779B97F4A7C15ull};
const size_t kMostPasses = sizeof kSeeds / sizeof *kSeeds;

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const std::vector<Request> traffic = read_traffic(argv[1]);
    const size_t passes = std::strtoul(argv[2], nullptr, 10);
    if (passes > kMostPasses) return 2;
    Streams golden[kMostPasses], streams;
    uint64_t golden_cycles[kMostPasses], cycles;
    for (size_t pass = 0; pass < passes; ++pass) {
        run(traffic, 0, kSeeds[pass], nullptr, 0, golden[pass], golden_cycles[pass]);
        print(kSeeds[pass], golden[pass], golden_cycles[pass]);
    }
    for (int at = 3; at < argc; ++at) {
        const uint32_t mutant = std::strtoul(argv[at], nullptr, 10);
        std::fflush(stdout);
        const pid_t child = fork();
        if (child == 0) {
            // A difference in values says more than one in time, so the second pass is made behind that too.
            Verdict verdict = kEqual;
            for (size_t pass = 0; pass < passes && (verdict == kEqual || (verdict == kTime && pass == 1)); ++pass) {
                const Verdict of_pass = run(traffic, mutant, kSeeds[pass], &golden[pass], golden_cycles[pass], streams, cycles);
                if (of_pass != kEqual) verdict = of_pass;
            }
            _exit(verdict);
        }
        int status = 0;
        waitpid(child, &status, 0);
        std::printf("mutant %u %s\n", mutant, kVerdicts[WIFEXITED(status) && WEXITSTATUS(status) <= kStuck ? WEXITSTATUS(status) : kBroken]);
    }
    return 0;
}
