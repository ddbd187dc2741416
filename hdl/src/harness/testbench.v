// Runs the accelerator in a second simulator, as accelerator.cpp does in Verilator: standard input carries the host
// port's bytes in, each packet behind its length (32 bit little endian), standard error the same chunks: the standard
// output belongs to the simulator, which says things of its own there.
// $fgetc waits for its byte, so a packet is begun only when the design has nothing to do.
// +trace=FILE +from=CYCLE writes a waveform (FST when vvp is given -fst).
`timescale 1ns / 1ps
module testbench;
    localparam STDIN = 32'h8000_0000, CHUNKS = 32'h8000_0002, WORDS = 32'h8000_0001;

    reg clock = 0;
    reg in_valid = 0, out_ready = 1;
    reg [7:0] in_byte = 0;
    wire computing, in_ready, out_valid;
    wire [7:0] out_byte;
    integer cycles = 0, left = 0, from = 0, got;
    reg taken = 0;
    reg [8 * 256 - 1:0] trace;
SPIKEFORGE_WIRES
    spikeforge_accelerator dut(
        .clock(clock), .computing(computing), .in_valid(in_valid), .in_byte(in_byte), .in_ready(in_ready),
        .in_lost(1'b0), .out_valid(out_valid), .out_byte(out_byte), .out_ready(out_ready)SPIKEFORGE_PORTS
    );

    task chunk(input [7:0] kind, input [31:0] length);
        $fwrite(CHUNKS, "%c%u", kind, length);
    endtask

    task tap(input [31:0] layer, input [31:0] neuron, input [31:0] membrane);
        begin
            if ((^{layer, neuron, membrane}) === 1'bx) begin
                $fwrite(WORDS, "layer %0d, neuron %0d: a membrane of unknown bits in cycle %0d", layer, neuron, cycles);
                $finish(0);
            end
            chunk("T", 16);
            $fwrite(CHUNKS, "%u%u%u%u", layer, neuron, membrane, cycles);
        end
    endtask

    // Tells how far the clock is, and waits for the next packet or the end of the input.
    task refill;
        begin
            chunk("C", 8);
            $fwrite(CHUNKS, "%u%u", cycles, 32'd0);
            $fflush(CHUNKS);
            left = 0;
            repeat (4) begin
                got = $fgetc(STDIN);
                if (got < 0) $finish(0);
                left = {got[7:0], left[31:8]};
            end
        end
    endtask

    initial begin
        if ($value$plusargs("from=%d", from)) ;
        if ($value$plusargs("trace=%s", trace)) begin
            $dumpfile(trace);
            $dumpvars(0, dut);
            if (from > 0) $dumpoff;
        end
        forever begin
            if (!in_valid && left > 0) begin
                got = $fgetc(STDIN);
                if (got < 0) $finish(0);
                in_byte = got[7:0];
                in_valid = 1;
                left = left - 1;
            end
            if (from > 0 && cycles == from) $dumpon;
            #1;
            // What the design shows just before the edge is what the edge acts on.
            taken = in_valid && in_ready;
            if (out_valid) begin
                chunk("H", 1);
                $fwrite(CHUNKS, "%c", out_byte);
            end
SPIKEFORGE_TAPS
            clock = 1;
            #1;
            clock = 0;
            cycles = cycles + 1;
            if (taken) in_valid = 0;
            #1;
            if (!in_valid && left == 0 && computing === 1'b0) refill;
        end
    end
endmodule
