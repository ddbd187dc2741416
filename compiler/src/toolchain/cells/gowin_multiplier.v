// Gowin's multiplier of WIDTH by WIDTH bits with or without signs, as synthesis makes it: without registers and cascades.
module SPIKEFORGE_MULT #(
    parameter integer WIDTH = 9, parameter AREG = 1'b0, parameter BREG = 1'b0, parameter OUT_REG = 1'b0,
    parameter PIPE_REG = 1'b0, parameter ASIGN_REG = 1'b0, parameter BSIGN_REG = 1'b0, parameter SOA_REG = 1'b0,
    parameter MULT_RESET_MODE = "SYNC"
) (
    input [WIDTH-1:0] A, SIA, B, SIB, input ASIGN, BSIGN, ASEL, BSEL, CE, CLK, RESET,
    output [2*WIDTH-1:0] DOUT, output [WIDTH-1:0] SOA, SOB
);
    generate
        // No module of this name is anywhere: a multiplier that this is no model of must not be simulated as if it were.
        if (AREG || BREG || OUT_REG || PIPE_REG) spikeforge_has_no_model_of_registered_multipliers registered();
    endgenerate
    wire signed [2*WIDTH-1:0] wide_a = {{WIDTH{ASIGN && A[WIDTH-1]}}, A};
    wire signed [2*WIDTH-1:0] wide_b = {{WIDTH{BSIGN && B[WIDTH-1]}}, B};
    assign DOUT = wide_a * wide_b;
endmodule
