// A FIFO of one byte. FULL_RATE: whether it takes a byte in the cycle in which it gives one.
module byte_slice(
    input clock, in_valid, out_ready,
    input [7:0] in_byte
);
    wire holds, in_ready, out_valid;
    wire [7:0] out_byte;
    slice dut(.clock(clock), .holds(holds), .in_valid(in_valid), .in_byte(in_byte), .in_ready(in_ready),
              .out_valid(out_valid), .out_byte(out_byte), .out_ready(out_ready));

    reg full = 0;
    reg [7:0] held = 0;
    wire enters = in_valid && in_ready, leaves = out_valid && out_ready;
    always @(posedge clock) begin
        if (leaves) full <= 0;
        if (enters) begin
            full <= 1;
            held <= in_byte;
        end
    end
    always @* begin
        assert (holds == full);
        assert (out_valid == full);
        assert (!full || out_byte == held);
        // Never a second byte over the first, and room as soon as there can be.
        assert (!enters || !full || leaves);
        assert (full || in_ready);
        assert (!`FULL_RATE || !leaves || in_ready);
    end
endmodule
